import { App, Form, Input } from 'antd'
import type { ReactElement } from 'react'
import type { Feedback } from '../../ui/news-types.ts'
import { Facts } from '../parts/Facts.tsx'
import { useRequired } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { When } from '../parts/When.tsx'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'
import { Rating } from './Rating.tsx'

type Values = { text: string }

/** What a payer said, and the answer to it. */
export function AnswerForm(props: { feedback: Feedback; onClose: () => void }): ReactElement {
  const t = useText()
  const required = useRequired()
  const { message } = App.useApp()
  const { feedback, onClose } = props
  const answer = useChange(
    '/v1/feedback',
    (body: unknown) => api.post<Feedback>(`/v1/feedback/${feedback.id}/answer`, body),
    () => {
      void message.success(t('feedback.answered'))
      onClose()
    },
  )
  return (
    <FormDrawer<Values>
      title={t('feedback.answer_to', { name: feedback.payer_name })}
      onClose={onClose}
      submit={answer}
      submitText={t(feedback.answer === null ? 'feedback.answer' : 'feedback.answer_again')}
      initial={{ text: feedback.answer ?? '' }}
      toBody={({ text }) => ({ text: text.trim() })}
    >
      <Facts
        facts={[
          { label: t('feedback.rating'), value: <Rating rating={feedback.rating} /> },
          { label: t('field.time'), value: <When at={feedback.created_at} full /> },
        ]}
      />
      <blockquote className="ct-said">{feedback.text ?? t('feedback.no_text')}</blockquote>
      <Form.Item
        name="text"
        label={t('feedback.answer')}
        extra={t('feedback.answer_help')}
        rules={[required(t('feedback.answer'))]}
      >
        <Input.TextArea rows={4} maxLength={500} showCount />
      </Form.Item>
    </FormDrawer>
  )
}
