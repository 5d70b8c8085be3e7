/**
 * Reads the user name of a Basic header as leniently as Authsignal must: the browser SDK sends
 * base64 without a colon, Android standard base64 with one, iOS base64url with one, and the docs
 * show a colon too. A password, if any, is ignored.
 */
export function basicUsername(header: string | undefined): string | undefined {
  const encoded = credentials(header, 'basic')
  if (encoded === undefined) return undefined
  // Node's decoder takes base64 and base64url, padded or not.
  const [username] = Buffer.from(encoded, 'base64').toString('utf8').split(':', 1)
  return username === '' ? undefined : username
}

export function bearerToken(header: string | undefined): string | undefined {
  return credentials(header, 'bearer')
}

function credentials(header: string | undefined, scheme: string): string | undefined {
  const [given, value, ...rest] = (header ?? '').trim().split(/ +/)
  return given?.toLowerCase() === scheme && rest.length === 0 ? value : undefined
}
