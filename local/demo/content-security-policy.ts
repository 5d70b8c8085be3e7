/**
 * Of the one style element that `launch(url, { mode: 'popup' })` of @authsignal/browser 1.16 puts into
 * the page, with the width that client/authsignal/hosted-page.ts asks for. When it changes, Chromium
 * prints the new hash and the browser tests fail.
 */
const POPUP_STYLE = "'sha256-NKMlexxNI+tQFpkVQL4xtF0nzOJz33lGAQoDRkClR5c='"

/** Lets the page talk to its services and nobody else, and run and show nothing that is not its own. */
export function contentSecurityPolicy(urls: { connect: string[]; frame: string }): string {
  // 'self' is for config.json and payments.
  const connect = new Set(["'self'", ...urls.connect.map(originOf)])
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' ${POPUP_STYLE}`,
    `connect-src ${[...connect].join(' ')}`,
    // Authsignal's own page, as a dialog.
    `frame-src ${originOf(urls.frame)}`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function originOf(url: string): string {
  return new URL(url).origin
}
