import { renderSVG } from 'uqr'
import type { VerificationMethod } from '../../store/verification-method.ts'
import type { Context } from '../wire.ts'
import type { ClientApi } from './api.ts'
import { element } from './dom.ts'
import { ApiFailure, complaintOf } from './failure.ts'
import type { Page } from './page.ts'
import { askForAddress } from './screens/address.ts'
import { askForCode } from './screens/code.ts'
import { askDevice } from './screens/device.ts'
import { waitForLink } from './screens/link.ts'
import { chooseMethod } from './screens/methods.ts'
import { passkey, securityKey } from './webauthn.ts'

/** In the order in which they are offered. */
const ENROLLABLE = [
  'PASSKEY',
  'AUTHENTICATOR_APP',
  'EMAIL_OTP',
  'EMAIL_MAGIC_LINK',
  'SMS',
  'SECURITY_KEY',
] as const satisfies VerificationMethod[]
type Enrollable = (typeof ENROLLABLE)[number]

/** Adds a method and proves it. Answers the fresh token; undefined for back, where there is one. */
export async function enrol(
  page: Page,
  api: ClientApi,
  context: Context,
  mayGoBack = false,
): Promise<string | undefined> {
  const { texts } = page
  const methods = ENROLLABLE.filter((method) => context.allowedMethods.includes(method))
  if (methods.length === 0) throw new ApiFailure('no_method', 0)
  let failure: unknown
  for (;;) {
    const method = await chooseMethod(page, {
      heading: texts.add.heading,
      lead: texts.add.lead,
      methods,
      hintOf: (m) => texts.methods[m].hint,
      failure,
      mayGoBack,
    })
    if (method === undefined) return undefined
    try {
      const token = await enrolBy(page, api, context, method)
      if (token !== undefined) return token
      failure = undefined
    } catch (error) {
      if (complaintOf(error) === undefined) throw error
      failure = error
    }
  }
}

function enrolBy(
  page: Page,
  api: ClientApi,
  context: Context,
  method: Enrollable,
): Promise<string | undefined> {
  switch (method) {
    case 'PASSKEY':
    case 'SECURITY_KEY': {
      const run = () => (method === 'PASSKEY' ? passkey : securityKey).create(api)
      const back = page.texts.back
      return askDevice(page, { method, purpose: 'create', run, startsNow: false, back })
    }
    case 'AUTHENTICATOR_APP':
      return enrolApp(page, api)
    case 'EMAIL_OTP':
    case 'EMAIL_MAGIC_LINK':
      return enrolAddress(page, api, { method, kind: 'email', known: context.email })
    case 'SMS':
      return enrolAddress(page, api, { method, kind: 'phoneNumber', known: context.phoneNumber })
  }
}

interface NewAddress {
  method: 'EMAIL_OTP' | 'EMAIL_MAGIC_LINK' | 'SMS'
  kind: 'email' | 'phoneNumber'
  /** Filled in, for the user to change. */
  known: string | undefined
}

async function enrolAddress(
  page: Page,
  api: ClientApi,
  { method, kind, known }: NewAddress,
): Promise<string | undefined> {
  const { texts } = page
  const isLink = method === 'EMAIL_MAGIC_LINK'
  let value = known
  for (;;) {
    const address = await askForAddress(page, {
      kind,
      value,
      submit: isLink ? texts.address.sendLink : texts.address.sendCode,
      send: (typed) => api.enrolAddress(method, typed),
    })
    if (address === undefined) return undefined
    value = address
    const send = () => api.enrolAddress(method, address)
    const back = texts.back
    const token = isLink
      ? await waitForLink(page, { address, send, finalize: api.finalize, back })
      : await askForCode(page, {
          heading: texts.code.headings[method],
          lead: texts.code.sentTo(address),
          verify: (code) => api.verify(method, code),
          send,
          back,
        })
    if (token !== undefined) return token
  }
}

async function enrolApp(page: Page, api: ClientApi): Promise<string | undefined> {
  const { texts } = page
  const { uri, secret } = await api.enrolApp()
  // Black on white in dark mode as well, or scanners fail.
  const source = `data:image/svg+xml,${encodeURIComponent(renderSVG(uri, { border: 2 }))}`
  return askForCode(page, {
    heading: texts.app.heading,
    lead: texts.app.scan,
    content: [
      element('img', { class: 'qr-code', src: source, alt: texts.app.qrCode }),
      element('p', { class: 'lead' }, texts.app.secret),
      element('p', { class: 'secret' }, ...inGroups(secret)),
      element('p', { class: 'lead' }, texts.app.enter),
    ],
    verify: (code) => api.verify('AUTHENTICATOR_APP', code),
    back: texts.back,
  })
}

/** Easier to type in; the gaps are drawn, so that a copy has none. */
function inGroups(secret: string): HTMLElement[] {
  return (secret.match(/.{1,4}/g) ?? []).map((group) => element('span', {}, group))
}
