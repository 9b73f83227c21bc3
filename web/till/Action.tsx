import type { ReactElement } from 'react'
import { Icon, type IconName } from '../ui/icons.tsx'

type ActionProps = {
  label: string
  keys: string
  onClick: () => void
  icon: IconName
  isOn?: boolean
  /** The one that Enter presses. */
  isPrimary?: boolean
  isDisabled?: boolean
  testId?: string
}

/** A large button with its key; a press does not leave the focus on it. */
export function Action(props: ActionProps): ReactElement {
  const { label, keys, onClick, icon, isOn, isPrimary, isDisabled = false, testId } = props
  return (
    <button
      type="button"
      className={`till-action ${isPrimary ? 'till-action-primary' : ''}`}
      disabled={isDisabled}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onClick}
      {...(isOn === undefined ? {} : { 'aria-pressed': isOn })}
      {...(testId ? { 'data-testid': testId } : {})}
    >
      <Icon name={icon} size={20} />
      {label}
      <kbd>{keys}</kbd>
    </button>
  )
}
