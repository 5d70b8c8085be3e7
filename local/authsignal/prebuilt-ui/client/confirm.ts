import type { VerificationMethod } from '../../store/verification-method.ts'
import type { Context } from '../wire.ts'
import type { ChallengeOptions, ClientApi, ListedAuthenticator } from './api.ts'
import { ApiFailure } from './failure.ts'
import type { Page } from './page.ts'
import { askForCode } from './screens/code.ts'
import { askDevice } from './screens/device.ts'
import { waitForLink } from './screens/link.ts'
import { chooseMethod } from './screens/methods.ts'
import { passkey, securityKey } from './webauthn.ts'

interface Way {
  method: VerificationMethod
  /** Where the code or link goes, masked. */
  address: string | undefined
  /** Whether the user has chosen it, from among others. */
  isChosen: boolean
}

/** Takes the challenge, by a method that the user has enrolled. Answers the fresh token. */
export async function confirm(page: Page, api: ClientApi, { scopes }: Context): Promise<string> {
  const { challengeOptions } = await api.init()
  const methods = challengeOptions.verificationMethods
  if (methods.length === 0) throw new ApiFailure('no_method', 0)
  const mayRead = scopes.includes('read:authenticators')
  const authenticators = mayRead ? await api.authenticators() : []
  const addressOf = (method: VerificationMethod) =>
    enrolledAddress(method, authenticators) ?? knownAddress(method, challengeOptions)

  for (;;) {
    const method = methods.length === 1 ? methods[0] : await choose(page, methods, addressOf)
    if (method === undefined) continue
    const way = { method, address: addressOf(method), isChosen: methods.length > 1 }
    const token = await confirmBy(page, api, way)
    if (token !== undefined) return token
  }
}

function choose(
  page: Page,
  methods: readonly VerificationMethod[],
  addressOf: (method: VerificationMethod) => string | undefined,
): Promise<VerificationMethod | undefined> {
  const { texts } = page
  return chooseMethod(page, {
    heading: texts.confirm.heading,
    lead: texts.confirm.lead,
    methods,
    hintOf(method) {
      const address = addressOf(method)
      return address === undefined ? texts.methods[method].hint : texts.to(address)
    },
  })
}

/** The token; undefined when the user wants another way. */
function confirmBy(page: Page, api: ClientApi, way: Way): Promise<string | undefined> {
  const { texts } = page
  const { method, address = '', isChosen } = way
  const back = isChosen ? texts.confirm.anotherWay : undefined
  switch (method) {
    case 'PASSKEY':
    case 'SECURITY_KEY': {
      const run = () => (method === 'PASSKEY' ? passkey : securityKey).use(api)
      return askDevice(page, { method, purpose: 'use', run, startsNow: isChosen, back })
    }
    case 'EMAIL_MAGIC_LINK': {
      const send = () => api.challenge(method)
      return waitForLink(page, { address, send, sendsNow: true, finalize: api.finalize, back })
    }
    case 'AUTHENTICATOR_APP':
    case 'EMAIL_OTP':
    case 'SMS':
    case 'WHATSAPP': {
      const isSent = method !== 'AUTHENTICATOR_APP'
      return askForCode(page, {
        heading: texts.code.headings[method],
        lead: isSent ? texts.code.sentTo(address) : texts.code.fromApp,
        verify: (code) => api.verify(method, code),
        ...(isSent && { send: () => api.challenge(method) }),
        sendsNow: true,
        back,
      })
    }
  }
}

/** Of several it is the first that is challenged. */
function enrolledAddress(
  method: VerificationMethod,
  authenticators: readonly ListedAuthenticator[],
): string | undefined {
  const enrolledAs = method === 'WHATSAPP' ? 'SMS' : method
  const found = authenticators.find(
    (a) => a.verificationMethod === enrolledAs && a.verifiedAt !== undefined,
  )
  return found?.email ?? found?.phoneNumber
}

function knownAddress(method: VerificationMethod, { user }: ChallengeOptions): string | undefined {
  if (method === 'EMAIL_OTP' || method === 'EMAIL_MAGIC_LINK') return user.email
  if (method === 'SMS' || method === 'WHATSAPP') return user.phoneNumber
  return undefined
}
