import { useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import type { MandateArea } from '../../ui/types.ts'
import { Field } from '../parts/Field.tsx'
import { useWords, type Words } from '../text.ts'
import { Bounded } from './Bounded.tsx'
import type { PartProps } from './LimitsForm.tsx'

const radii = [200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000]
const MOST_AREAS = 10

const radiusText = (t: Words, metres: number): string =>
  metres < 1_000 ? t('limits.radius', { metres }) : t('limits.radius_km', { km: metres / 1_000 })

/** Where codes may be charged: circles around places where the payer has been. */
export function Areas({ draft, onChange }: PartProps): ReactElement {
  const t = useWords()
  const { areas } = draft
  const set = (next: MandateArea[] | null) => onChange({ ...draft, areas: next })
  const here = useHere((place) => {
    const name = t('limits.area_name_new')
    set([...(areas ?? []), { name, ...place, radius_m: 2_000 }])
  })
  return (
    <Bounded
      title={t('limits.areas')}
      open={t('limits.any_area')}
      isOpen={areas === null}
      onToggle={(isOpen) => set(isOpen ? null : [])}
    >
      {areas && areas.length > 0 && <p className="small">{t('limits.only_areas')}</p>}
      {(areas ?? []).map((area, at) => (
        <Area
          key={`${area.latitude},${area.longitude},${at}`}
          area={area}
          onChange={(next) => set((areas ?? []).map((one, place) => (place === at ? next : one)))}
          onRemove={() => set((areas ?? []).filter((_, place) => place !== at))}
        />
      ))}
      <button
        type="button"
        className="button"
        disabled={here.isLooking || (areas?.length ?? 0) >= MOST_AREAS}
        onClick={here.find}
      >
        <Icon name={here.isLooking ? 'spinner' : 'plus'} size={20} />
        {here.isLooking ? t('limits.locating') : t('limits.add_here')}
      </button>
      {here.isFailed && (
        <p className="problem" role="alert">
          {t('limits.no_position')}
        </p>
      )}
    </Bounded>
  )
}

type AreaProps = {
  area: MandateArea
  onChange: (area: MandateArea) => void
  onRemove: () => void
}

function Area({ area, onChange, onRemove }: AreaProps): ReactElement {
  const t = useWords()
  const at = Math.max(
    0,
    radii.findLastIndex((metres) => metres <= area.radius_m),
  )
  const radius = radiusText(t, area.radius_m)
  return (
    <div className="bound">
      <div className="bound-head">
        <Field
          label={t('limits.area_name')}
          value={area.name}
          maxLength={40}
          hint={`${area.latitude.toFixed(4)}, ${area.longitude.toFixed(4)}`}
          onChange={(event) => onChange({ ...area, name: event.target.value })}
        />
        <button
          type="button"
          className="icon-button"
          aria-label={t('limits.remove', { name: area.name })}
          onClick={onRemove}
        >
          <Icon name="cross" />
        </button>
      </div>
      <label className="ranged">
        <span>
          {t('limits.area_radius')} <strong>{radius}</strong>
        </span>
        <input
          type="range"
          className="slider"
          aria-valuetext={radius}
          min={0}
          max={radii.length - 1}
          step={1}
          value={at}
          onChange={(event) =>
            onChange({ ...area, radius_m: radii[Number(event.target.value)] ?? 2_000 })
          }
        />
      </label>
    </div>
  )
}

type Here = { find: () => void; isLooking: boolean; isFailed: boolean }

/** Where the payer is now, as the phone measures it. */
function useHere(onFound: (place: { latitude: number; longitude: number }) => void): Here {
  const [isLooking, setLooking] = useState(false)
  const [isFailed, setFailed] = useState(false)
  function find(): void {
    setLooking(true)
    setFailed(false)
    const fail = () => {
      setLooking(false)
      setFailed(true)
    }
    // A page that is not served securely has no position at all.
    if (!('geolocation' in navigator)) return fail()
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => {
        setLooking(false)
        onFound({ latitude, longitude })
      },
      fail,
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    )
  }
  return { find, isLooking, isFailed }
}
