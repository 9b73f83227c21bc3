import { useEffect, useState, type ReactElement } from 'react'
import { api } from '../session.ts'

/** The picture of news. It is asked for with the payer's token, which an `img` cannot send. */
export function NewsPicture({ id }: { id: string }): ReactElement {
  const [address, setAddress] = useState('')
  useEffect(() => {
    let isGone = false
    let made = ''
    readPicture(id)
      .then((picture) => {
        if (isGone || !picture) return
        made = URL.createObjectURL(picture)
        setAddress(made)
      })
      .catch(() => {
        // Without network the news is read without its picture.
      })
    return () => {
      isGone = true
      if (made) URL.revokeObjectURL(made)
    }
  }, [id])
  // The place is kept while it comes, so that the text does not jump. What it shows stands in words.
  return <span className="news-picture">{address && <img src={address} alt="" />}</span>
}

async function readPicture(id: string): Promise<Blob | null> {
  const headers = { Authorization: `Bearer ${api.token() ?? ''}` }
  const answer = await fetch(`/v1/news/${id}/picture`, { headers })
  return answer.ok ? answer.blob() : null
}
