import { errors } from '../../modules/errors/errors.ts'

/** The register of problem types, as a page without any script: what `type` of a problem names. */
export function errorsPage(): string {
  const rows = Object.entries(errors).map(
    ([code, { status, title, message, retry, nextAction }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td>` +
      `<td><b>${escape(title)}.</b> ${escape(message)}</td><td>${retry}</td><td>${nextAction}</td></tr>`,
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>OneTill: errors</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 24px auto; max-width: 1000px; padding: 0 16px }
table { border-collapse: collapse; width: 100% }
td, th { border-bottom: 1px solid #ddd; padding: 8px; text-align: left; vertical-align: top }
tr:target { background: #fff6d6 }
</style>
</head>
<body>
<h1>Errors</h1>
<p>Every refusal is a problem document (RFC 9457). <code>retry</code> says whether to send the
request again: <code>same_key</code> unchanged, <code>new_key</code> as a new attempt.</p>
<table>
<thead><tr><th>Code</th><th>Status</th><th>Meaning</th><th>Retry</th><th>Next</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</body>
</html>
`
}

const escape = (text: string) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
