import type { Method } from '../challenge/methods.ts'

const SVG = 'http://www.w3.org/2000/svg'

const OF_METHOD: Readonly<Record<Method, string>> = {
  email: 'mail',
  sms: 'message',
  whatsapp: 'chat',
  link: 'link',
  app: 'app',
  passkey: 'passkey',
  key: 'key',
  redirect: 'leave',
  popup: 'dialog',
  window: 'window',
}

const OF_VERIFICATION: Readonly<Record<string, string>> = {
  EMAIL_OTP: 'mail',
  EMAIL_MAGIC_LINK: 'link',
  SMS: 'message',
  WHATSAPP: 'chat',
  AUTHENTICATOR_APP: 'app',
  PASSKEY: 'passkey',
  SECURITY_KEY: 'key',
}

export function iconOfMethod(page: Document, method: Method): SVGSVGElement {
  return icon(page, OF_METHOD[method])
}

export function iconOfVerification(page: Document, verificationMethod: string): SVGSVGElement {
  return icon(page, OF_VERIFICATION[verificationMethod] ?? 'other')
}

/** One of the symbols that index.html draws. */
function icon(page: Document, name: string): SVGSVGElement {
  const svg = page.createElementNS(SVG, 'svg')
  svg.classList.add('icon')
  svg.ariaHidden = 'true'
  const use = page.createElementNS(SVG, 'use')
  use.setAttribute('href', `#icon-${name}`)
  svg.append(use)
  return svg
}
