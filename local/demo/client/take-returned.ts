interface Page {
  location: { href: string }
  history: { replaceState(data: null, unused: string, url: string): void }
}

const CALLBACK_PATH = '/callback'

/** In the URL a token gets into the history, into screenshots and to whoever reads over a shoulder. */
export function takeReturned({ location, history }: Page): { token?: string } | undefined {
  const { pathname, searchParams } = new URL(location.href)
  if (pathname !== CALLBACK_PATH) return undefined
  const token = searchParams.get('token')
  history.replaceState(null, '', '/')
  return token ? { token } : {}
}
