import type { Persona } from './persona.ts'

export interface Call {
  method: string
  path: string
  body?: object | string
  bearer?: string
}

/** What was really issued, where something was. */
export interface Issued {
  session?: string
  proof?: string
  accessToken?: string
  refreshToken?: string
}

function post(path: string, body: object | string): Call {
  return { method: 'POST', path, body }
}

/** Every operation with what the persona would send; with what was issued, it gets further. */
export function callsOf(persona: Persona, issued: Issued = {}): Call[] {
  const { email, phoneNumber, username, redirectUrl, deviceId, jwt, nonce, name } = persona
  const bearer = issued.accessToken ?? jwt
  const token = issued.proof ?? jwt
  const session = issued.session ?? persona.session
  const refreshToken = issued.refreshToken ?? persona.refreshToken
  const action = 'authorizePayment'
  const own = (method: string, path: string, body?: object): Call => ({
    method,
    path,
    bearer,
    ...(body === undefined ? {} : { body }),
  })
  return [
    post('/start-sign-in', { email, deviceId, locale: 'en-NZ' }),
    post('/start-sign-in', { phoneNumber }),
    post('/start-sign-in', { username }),
    post('/start-sign-in', { email, redirectUrl }),
    post('/finish-sign-in', { session, token }),
    post('/passkey-sign-in', { token, username }),
    post('/id-token-sign-in', { idToken: jwt, nonce }),
    post('/refresh', { refreshToken }),
    own('GET', '/me'),
    own('PATCH', '/me', { name, nickname: name }),
    own('GET', '/authenticators'),
    own('POST', '/authenticators', { email, redirectUrl }),
    own('POST', '/authenticators', { phoneNumber }),
    own('POST', '/authenticators/verify', { token }),
    own('DELETE', `/authenticators/${deviceId}`),
    own('POST', '/start-step-up', { action, custom: { [persona.custom]: persona.custom } }),
    own('POST', '/finish-step-up', { action, token }),
    post('/sign-out', { refreshToken }),
    own('POST', '/sign-out-everywhere'),
    own('DELETE', '/me'),
    ...malformedOf(persona),
  ]
}

/** What breaks the schema, the path or the method. */
function malformedOf({ email, jwt, session, name, username }: Persona): Call[] {
  return [
    post('/start-sign-in', { email, [name]: jwt }),
    post('/start-sign-in', { email: [email], username }),
    post('/start-sign-in', `{"email":"${email}`),
    post('/finish-sign-in', { session: { [session]: session }, token: 1 }),
    post(`/${email}`, { email }),
    post(`/%${jwt}`, { email }),
    { method: 'PUT', path: `/start-sign-in?email=${email}&token=${jwt}`, body: { email } },
    { method: 'GET', path: `/authenticators/${encodeURIComponent(email)}`, bearer: jwt },
    { method: 'GET', path: '/me', bearer: `${jwt} ${email}` },
  ]
}
