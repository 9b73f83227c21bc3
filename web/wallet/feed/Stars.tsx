import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { useWords } from '../text.ts'

const ratings = [1, 2, 3, 4, 5] as const

/** A rating as it was given. */
export function Stars({ rating }: { rating: number }): ReactElement {
  const t = useWords()
  return (
    <span className="stars" role="img" aria-label={t('feedback.stars', { count: rating })}>
      {ratings.map((one) => (
        <Icon key={one} name="star" size={20} className={one <= rating ? 'star star-on' : 'star'} />
      ))}
    </span>
  )
}

type ChooseStarsProps = { label: string; rating: number; onChoose: (rating: number) => void }

/** Chooses one to five; real radio buttons stand behind the stars. */
export function ChooseStars({ label, rating, onChoose }: ChooseStarsProps): ReactElement {
  const t = useWords()
  return (
    <fieldset className="choose-stars">
      <legend>{label}</legend>
      {ratings.map((one) => (
        <label key={one}>
          <input
            type="radio"
            name="rating"
            value={one}
            checked={rating === one}
            aria-label={t('feedback.stars', { count: one })}
            onChange={() => onChoose(one)}
          />
          <Icon name="star" size={32} className={one <= rating ? 'star star-on' : 'star'} />
        </label>
      ))}
    </fieldset>
  )
}
