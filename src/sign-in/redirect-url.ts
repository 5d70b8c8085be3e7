import { ServiceError } from '../errors.ts'

/**
 * Checks where the pre-built page may send the user back to. Only query and fragment are free: a
 * validation token is added to this URL, so an attacker's host here would receive a sign-in.
 * @throws ServiceError `redirect_url_not_allowed`
 */
export function checkRedirectUrl(url: string | undefined, allowed: readonly string[]): void {
  if (url === undefined) return
  const wanted = withoutQuery(url)
  if (wanted === undefined || !allowed.some((entry) => withoutQuery(entry) === wanted)) {
    throw new ServiceError('redirect_url_not_allowed')
  }
}

/**
 * Spellings that other parsers read as another host: the URL goes on as it was written, and not all
 * who read it later drop white space, turn backslashes round or count slashes as `URL` does.
 */
const AMBIGUOUS = /[\s\p{Cc}\\]|^https?:(?!\/\/[^/])/iu

function withoutQuery(text: string): string | undefined {
  if (AMBIGUOUS.test(text) || !URL.canParse(text)) return undefined
  const url = new URL(text)
  // Credentials in a URL are a disguise for the host.
  if (url.username !== '' || url.password !== '') return undefined
  return `${url.protocol}//${url.host}${url.pathname}`
}
