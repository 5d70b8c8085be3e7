/** How the page was opened: what track and the SDKs put into its address. */
export interface Launch {
  token: string
  /** In a frame or window of the app, which hears of the end by a message. */
  isPopup: boolean
  /** From a mobile app, which hears of it through its own scheme. */
  isNative: boolean
  /** To add a method in any case, after the challenge where there has to be one. */
  forcesEnrolment: boolean
}

export function readLaunch(search: string): Launch {
  const query = new URLSearchParams(search)
  return {
    token: query.get('token') ?? '',
    isPopup: query.get('mode') === 'popup',
    // Only the scheme of Authsignal's own SDKs: any other, such as javascript:, could be an attack.
    isNative: query.get('nativeScheme') === 'authsignal',
    forcesEnrolment: query.get('force_enrollment') === 'true',
  }
}

/** Where the user goes with the token in the end; undefined when there is nowhere to go. */
export function exitUrl(
  { isNative }: Pick<Launch, 'isNative'>,
  redirectUrl: string | undefined,
  token: string,
): string | undefined {
  if (isNative) return `authsignal://auth?token=${encodeURIComponent(token)}`
  const url = redirectUrl === undefined ? undefined : targetOf(redirectUrl)
  url?.searchParams.set('token', token)
  return url?.href
}

/** Schemes of apps pass; those that run in this page or stay in the browser do not. */
function targetOf(redirectUrl: string): URL | undefined {
  const url = URL.canParse(redirectUrl) ? new URL(redirectUrl) : undefined
  return url && !/^(javascript|data|blob|file|about|vbscript):$/.test(url.protocol)
    ? url
    : undefined
}
