import type { Answer, Call } from '../api/call.ts'
import { stringIn } from '../json.ts'

export type Provider = 'google' | 'apple'

export interface IdTokenProof {
  idToken: string
  nonce: string
}

/** Where ID tokens come from: in a real app the provider's own sign-in button. */
export type IdTokens = (provider: Provider, email: string) => Promise<Answer<IdTokenProof>>

/** @param call to the local stack's provider, which vouches for whatever it is asked to */
export function localIdTokens(call: Call): IdTokens {
  return async (provider, email) => {
    // The token holds the hash, so whoever steals it does not learn the nonce, without which it is
    // worth nothing.
    const nonce = crypto.randomUUID()
    const hash = await sha256(nonce)
    const [, domain = ''] = email.split('@')
    const answer = await call({
      method: 'POST',
      path: `/${provider}`,
      // Google vouches for addresses of its own and of companies that host their mail with it.
      body: { email, nonce: hash, ...(provider === 'google' ? { hd: domain } : {}) },
      read: (body) => stringIn(body, 'idToken'),
    })
    return answer.ok ? { ok: true, value: { idToken: answer.value, nonce } } : answer
  }
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
