import type { ClientApi, Verified } from './api.ts'

type CreationOptions = PublicKeyCredentialCreationOptionsJSON
type RequestOptions = PublicKeyCredentialRequestOptionsJSON

/** Passkeys, by the ceremonies of `passkey.signUp` and `passkey.signIn` of the browser SDK. */
export const passkey = {
  async create({ post }: ClientApi): Promise<Verified> {
    const path = '/user-authenticators/passkey'
    const { challengeId, options } = await post<{ challengeId: string; options: CreationOptions }>(
      `${path}/registration-options`,
      {},
    )
    const registrationCredential = await create(options)
    return post(path, { registrationCredential, conditionalCreate: false, challengeId })
  },

  async use({ post }: ClientApi): Promise<Verified> {
    const { challengeId, options } = await post<{ challengeId: string; options: RequestOptions }>(
      '/user-authenticators/passkey/authentication-options',
      {},
    )
    const authenticationCredential = await get(options)
    return post('/verify/passkey', { authenticationCredential, challengeId })
  },
}

/** Security keys, whose requests and answers are the bare objects. */
export const securityKey = {
  async create({ post }: ClientApi): Promise<Verified> {
    const path = '/user-authenticators/security-key'
    const options = await post<CreationOptions>(`${path}/registration-options`, {})
    return post(path, await create(options))
  },

  async use({ post }: ClientApi): Promise<Verified> {
    const path = '/user-authenticators/security-key/authentication-options'
    const options = await post<RequestOptions>(path, {})
    return post('/verify/security-key', await get(options))
  },
}

async function create(options: CreationOptions): Promise<object> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options)
  return jsonOf(await navigator.credentials.create({ publicKey }))
}

async function get(options: RequestOptions): Promise<object> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options)
  return jsonOf(await navigator.credentials.get({ publicKey }))
}

function jsonOf(credential: Credential | null): object {
  if (credential instanceof PublicKeyCredential) return credential.toJSON()
  throw new DOMException('no credential', 'NotAllowedError')
}
