import { createHash } from 'node:crypto'

const STYLE = `
  body { margin: 15vh auto; max-width: 24rem; padding: 0 1.5rem; text-align: center;
    font: 1.05rem/1.5 system-ui, sans-serif; color: #1c2430; background: #f6f7f9 }
  h1 { font-size: 1.4rem }
  button { font: inherit; font-weight: 600; padding: .7rem 1.6rem; border: 0; border-radius: .5rem;
    color: #fff; background: #1f5eff; cursor: pointer }
  p { color: #56606e }
`
const styleHash = createHash('sha256').update(STYLE).digest('base64')

/** No script, no outside resource, no frame, and the secret in the address goes nowhere. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

/** @param secret of a link that exists, so nothing in it needs escaping */
export function confirmPage(secret: string): string {
  return page(
    'Is it you signing in?',
    `<form method="post" action="/magic-link">
      <input type="hidden" name="token" value="${secret}">
      <button>Yes, it is me</button>
    </form>
    <p>If you did not ask for this, close this page and nothing happens.</p>`,
  )
}

export function confirmedPage(): string {
  return page('Thank you', '<p>You can close this page and go back to where you came from.</p>')
}

export function voidPage(): string {
  return page(
    'This link no longer works',
    '<p>It has been used, has expired or was replaced by a newer one. Please ask for another.</p>',
  )
}

function page(heading: string, content: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${heading}</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <h1>${heading}</h1>
    ${content}
  </body>
</html>
`
}
