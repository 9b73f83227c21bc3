import { Alert, App, Button, Drawer, Form, type FormInstance } from 'antd'
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react'
import { asProblem } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import { useText } from '../text.ts'
import { CopyId } from './CopyId.tsx'

type Submit = {
  mutate: (body: unknown, options: { onSettled: () => void }) => void
  isPending: boolean
  error: Error | null
}

export type FormDrawerProps<Values extends object> = {
  title: string
  onClose: () => void
  submit: Submit
  /** The typed values as the API's body; amounts become integers in minor units here. */
  toBody: (values: Values) => unknown
  initial?: Partial<Values>
  submitText?: string
  size?: number
  form?: FormInstance<Values>
  /** Where a field may lie when the server names it without what it lies under. */
  under?: readonly string[]
  children: ReactNode
}

/** A form at the side of its list. A refusal of the server stands at the field it names. */
export function FormDrawer<Values extends object>(props: FormDrawerProps<Values>): ReactElement {
  const t = useText()
  const { modal } = App.useApp()
  const [own] = Form.useForm<Values>()
  const form = props.form ?? own
  const { submit } = props
  const isSent = useRef(false)

  // A double click sends once: the answer to a repetition would come without the key that the
  // first answer shows this once.
  function send(values: Values): void {
    if (isSent.current) return
    isSent.current = true
    submit.mutate(props.toBody(values), { onSettled: () => (isSent.current = false) })
  }

  function close(): void {
    if (!form.isFieldsTouched()) return props.onClose()
    void modal.confirm({
      title: t('form.unsaved'),
      okText: t('form.discard'),
      cancelText: t('form.keep'),
      onOk: props.onClose,
    })
  }

  return (
    <Drawer
      open
      title={props.title}
      onClose={close}
      size={props.size ?? 440}
      destroyOnHidden
      footer={
        <div className="ct-drawer-foot">
          <Button onClick={close}>{t('form.cancel')}</Button>
          <Button
            type="primary"
            loading={submit.isPending}
            onClick={() => form.submit()}
            data-testid="form-submit"
          >
            {props.submitText ?? t('form.create')}
          </Button>
        </div>
      }
    >
      <Form<Values>
        form={form}
        layout="vertical"
        scrollToFirstError={{ focus: true }}
        {...(props.initial ? { initialValues: props.initial } : {})}
        onFinish={send}
      >
        <FormProblem form={form} error={submit.error} under={props.under ?? noPlaces} />
        {props.children}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </Form>
    </Drawer>
  )
}

const noPlaces: readonly string[] = []

/** `/lines/0/bps`, `lines.0.bps` and `lines[0].bps` as the path of a form field. */
export function fieldPath(param: string): (string | number)[] {
  const steps = param.split(/[./[\]]+/).filter((step) => step !== '')
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step))
}

type Path = (string | number)[]
const startsWith = (path: Path, start: Path): boolean =>
  start.every((step, place) => String(step) === String(path[place]))

/**
 * The field that a refusal names: itself, else the first inside of it, else the one around it; what
 * are several fields here may be one there, and the other way round. Null: none of this form.
 */
function fieldNamed<Values extends object>(
  form: FormInstance<Values>,
  param: string,
  under: readonly string[],
): Path | null {
  const named = fieldPath(param)
  const fields = form.getFieldsError().map(({ name }) => name as Path)
  for (const path of [named, ...under.map((place) => [place, ...named])]) {
    const inside = fields.filter((field) => startsWith(field, path))
    const found = inside[0] ?? fields.find((field) => startsWith(path, field))
    if (path.length > 0 && found) return found
  }
  return null
}

/** Shows a refusal at the field it names, else above the form. */
export function FormProblem<Values extends object>(props: {
  form: FormInstance<Values>
  error: Error | null
  under?: readonly string[]
}): ReactElement | null {
  const t = useText()
  const { form, error } = props
  const problem = error ? asProblem(error) : null
  const path = problem?.param ? fieldNamed(form, problem.param, props.under ?? noPlaces) : null
  const alert = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (!error) return
    if (!path) return alert.current?.scrollIntoView({ block: 'nearest' })
    const isShape = asProblem(error).code === 'INVALID_REQUEST'
    const words = isShape ? t('form.refused_here') : problemText(error)
    form.setFields([{ name: path as never, errors: [words] }])
    form.scrollToField(path as never, { focus: true })
    // The path is made anew with every render; the refusal it belongs to is not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [error, form])

  if (!problem || path) return null
  return (
    <Alert
      ref={(shown) => void (alert.current = shown?.nativeElement ?? null)}
      type={problem.isUnanswered ? 'warning' : 'error'}
      showIcon
      className="ct-form-alert"
      title={problem.isUnanswered ? t('form.open_outcome') : problemText(error)}
      description={
        <>
          {problem.code === 'INVALID_REQUEST' && problem.detail}
          {problem.requestId && (
            <span className="ct-small">
              {' '}
              {t('list.request_id')} <CopyId id={problem.requestId} what={t('list.request_id')} />
            </span>
          )}
        </>
      }
      data-testid="form-problem"
    />
  )
}
