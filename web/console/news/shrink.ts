// As large as the server takes them.
const mostBytes = 100 * 1024
const types = ['image/png', 'image/jpeg', 'image/webp']
const mostPixels = 1_080
const qualities = [0.85, 0.7, 0.55, 0.4, 0.25]

/**
 * A picture that a person chose, as a `data:` URL of 100 kB at most: as it is when it is small enough,
 * else drawn anew, smaller and plainer until it fits.
 *
 * @throws when the browser cannot read it as a picture
 */
export async function shrink(file: Blob): Promise<string> {
  if (file.size <= mostBytes && types.includes(file.type)) return dataUrl(file)
  const image = await createImageBitmap(file)
  const { width, height } = image
  const canvas = document.createElement('canvas')
  for (let most = mostPixels; most > 100; most *= 0.75) {
    const scale = Math.min(1, most / Math.max(width, height))
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    for (const quality of qualities) {
      const drawn = await drawnAs(canvas, quality)
      if (drawn && drawn.size <= mostBytes) return dataUrl(drawn)
    }
  }
  throw new Error('The picture cannot be made small enough.')
}

const drawnAs = (canvas: HTMLCanvasElement, quality: number): Promise<Blob | null> =>
  new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))

const dataUrl = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result))
    reader.onerror = () => reject(reader.error ?? new Error('The picture cannot be read.'))
    reader.readAsDataURL(blob)
  })
