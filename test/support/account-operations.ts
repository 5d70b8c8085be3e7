import type { Method } from './account.ts'

interface Operation {
  method: Method
  path: string
  body?: object
}

/** Every operation of signed-in users, with a request that its schema takes. */
export const OPERATIONS: readonly Operation[] = [
  { method: 'GET', path: '/me' },
  { method: 'PATCH', path: '/me', body: { name: 'Ada' } },
  { method: 'DELETE', path: '/me' },
  { method: 'GET', path: '/authenticators' },
  { method: 'POST', path: '/authenticators', body: {} },
  { method: 'POST', path: '/authenticators/verify', body: { token: 'a.b.c' } },
  { method: 'DELETE', path: '/authenticators/authenticator-1' },
  { method: 'POST', path: '/start-step-up', body: { action: 'authorizePayment' } },
  { method: 'POST', path: '/finish-step-up', body: { action: 'authorizePayment', token: 'a.b.c' } },
]

/** Those of them that ask Authsignal, with what they ask first. */
export const AUTHSIGNAL_OPERATIONS: readonly (Operation & { first: string })[] = [
  { ...at('DELETE', '/me'), first: 'DELETE /users/:userId' },
  { ...at('GET', '/authenticators'), first: 'GET /users/:userId/authenticators' },
  { ...at('POST', '/authenticators'), first: 'POST /users/:userId/actions/:action' },
  { ...at('POST', '/authenticators/verify'), first: 'POST /validate' },
  {
    ...at('DELETE', '/authenticators/authenticator-1'),
    first: 'GET /users/:userId/authenticators',
  },
  { ...at('POST', '/start-step-up'), first: 'POST /users/:userId/actions/:action' },
  { ...at('POST', '/finish-step-up'), first: 'POST /validate' },
]

function at(method: Method, path: string): Operation {
  const found = OPERATIONS.find((one) => one.method === method && one.path === path)
  if (found === undefined) throw new Error('no such operation')
  return found
}
