import type { AccountApi } from '../api/account-api.ts'
import { isSent, methodsForStepUp, type Method } from '../challenge/methods.ts'
import type { Session } from '../session/session.ts'

/** How somebody who is signed in can confirm something. */
export type OwnMethods = () => Promise<{ methods: Method[]; address?: string }>

/** Asks the service anew each time: another tab or device may have changed it. */
export function ownMethods(session: Session, api: AccountApi): OwnMethods {
  return async () => {
    const answer = await session.call((bearer) => api.authenticators(bearer))
    const list = answer.ok ? answer.value : []
    const methods = methodsForStepUp(list)
    const first = methods.find((method) => isSent(method))
    const kind = first === 'email' || first === 'link' ? 'email' : 'phoneNumber'
    const address = list.find((entry) => entry[kind] !== undefined)?.[kind]
    return { methods, ...(address === undefined ? {} : { address }) }
  }
}
