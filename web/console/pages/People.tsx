import { Button, Form, Radio } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import { useFilters } from '../filters.ts'
import { useMerchantNames } from '../names.ts'
import { ChoiceField, TextField } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { MerchantFilter } from '../parts/MerchantFilter.tsx'
import { Page } from '../parts/Page.tsx'
import { SearchField } from '../parts/SearchField.tsx'
import { Standing } from '../parts/Standing.tsx'
import { InRow } from '../parts/TableRow.tsx'
import { Day } from '../parts/When.tsx'
import { EditPerson } from '../people/EditPerson.tsx'
import { OwnPassword } from '../people/OwnPassword.tsx'
import { PasswordField } from '../people/PasswordField.tsx'
import { useCreate, useList } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText, useWord } from '../text.ts'
import type { PersonView } from '../types.ts'

const names = ['merchant', 'q'] as const

/** Who signs in to the console; the operator lets people in and ends that, others see their colleagues. */
export default function People(): ReactElement {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const box = useFilters(names)
  const list = useList<PersonView>('/v1/people', box.filters)
  const [isCreating, setCreating] = useState(false)
  const [isOwn, setOwn] = useState(false)
  const [edited, setEdited] = useState<PersonView | null>(null)
  const columns = usePeopleColumns(setEdited)
  const create = operator && (
    <Button type="primary" onClick={() => setCreating(true)} data-testid="create">
      {t('people.create')}
    </Button>
  )
  return (
    <Page
      title={t('people.title')}
      actions={
        <>
          <Button onClick={() => setOwn(true)} data-testid="own-password">
            {t('people.own_password')}
          </Button>
          {create}
        </>
      }
    >
      <ListTable
        name="person"
        title={t('people.title')}
        columns={columns}
        list={list}
        filter={box}
        toolbar={
          <>
            <SearchField box={box} />
            <MerchantFilter box={box} />
          </>
        }
        empty={{ title: t('people.empty'), detail: t('people.empty_detail'), action: create }}
      />
      <p className="ct-muted">{t(operator ? 'people.note' : 'people.note_merchant')}</p>
      {isCreating && (
        <CreatePerson merchant={box.filters.merchant} onClose={() => setCreating(false)} />
      )}
      {edited && <EditPerson person={edited} onClose={() => setEdited(null)} />}
      {isOwn && <OwnPassword onClose={() => setOwn(false)} />}
    </Page>
  )
}

function usePeopleColumns(onEdit: (person: PersonView) => void): Column<PersonView>[] {
  const t = useText()
  const word = useWord()
  const me = usePrincipal()
  const operator = isOperator(me)
  const merchantName = useMerchantNames()
  return useMemo(() => {
    const actions: Column<PersonView> = {
      key: 'actions',
      title: t('list.actions'),
      cell: (row) => (
        <InRow>
          <Button type="link" size="small" onClick={() => onEdit(row)} data-testid="edit">
            {t('merchants.change')}
          </Button>
        </InRow>
      ),
    }
    return [
      {
        key: 'name',
        title: t('field.name'),
        always: true,
        cell: (row) => (row.id === me.id ? `${row.name} (${t('people.me')})` : row.name),
      },
      { key: 'login', title: t('people.login'), always: true, cell: (row) => row.login },
      { key: 'role', title: t('people.role'), cell: (row) => word('people.role_', row.role) },
      { key: 'merchant', title: t('field.merchant'), cell: (row) => merchantName(row.merchant) },
      {
        key: 'state',
        title: t('field.state'),
        width: 110,
        cell: (row) => <Standing group="people.state_" word={row.state} />,
      },
      {
        key: 'created_at',
        title: t('field.created_at'),
        width: 120,
        cell: (row) => <Day at={row.created_at} />,
      },
      ...(operator ? [actions] : []),
    ]
  }, [t, word, me, operator, merchantName, onEdit])
}

type Values = {
  role: 'merchant' | 'operator'
  merchant?: string
  name: string
  login: string
  password: string
}

function CreatePerson(props: { merchant: string | undefined; onClose: () => void }): ReactElement {
  const t = useText()
  const create = useCreate<PersonView>('/v1/people', props.onClose)
  const [form] = Form.useForm<Values>()
  const role = Form.useWatch('role', form) ?? 'merchant'
  return (
    <FormDrawer<Values>
      title={t('people.create')}
      onClose={props.onClose}
      submit={create}
      form={form}
      initial={{ role: 'merchant', ...(props.merchant ? { merchant: props.merchant } : {}) }}
      toBody={({ merchant, name, login, password }) => ({
        ...(role === 'merchant' ? { merchant } : {}),
        ...{ name: name.trim(), login: login.trim().toLowerCase(), password },
      })}
    >
      <Form.Item name="role" label={t('people.role')}>
        <Radio.Group
          options={(['merchant', 'operator'] as const).map((value) => ({
            value,
            label: t(`people.role_${value}`),
          }))}
        />
      </Form.Item>
      {role === 'merchant' && (
        <ChoiceField name="merchant" label={t('field.merchant')} path="/v1/merchants" required />
      )}
      <TextField name="name" label={t('field.name')} maxLength={64} required />
      <TextField
        name="login"
        label={t('people.login')}
        extra={t('people.login_help')}
        pattern={{ of: /^[a-zA-Z0-9._-]{3,32}$/, message: t('people.login_invalid') }}
        maxLength={32}
        required
      />
      <PasswordField name="password" label={t('people.password')} extra={t('people.first_help')} />
    </FormDrawer>
  )
}
