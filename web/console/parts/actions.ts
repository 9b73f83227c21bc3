import { App } from 'antd'
import { problemText } from '../../ui/i18n.tsx'
import { useText } from '../text.ts'

export type Question = {
  title: string
  note?: string
  ok: string
  isDanger?: boolean
}

/** Asks before something is done, and says in words when it was refused. */
export function useAsk(): (question: Question, act: () => Promise<unknown>) => void {
  const t = useText()
  const { modal, message } = App.useApp()
  return ({ title, note, ok, isDanger }, act) => {
    void modal.confirm({
      title,
      content: note,
      okText: ok,
      okButtonProps: { danger: isDanger ?? false },
      cancelText: t('form.cancel'),
      onOk: () => act().catch((error: unknown) => void message.error(problemText(error))),
    })
  }
}
