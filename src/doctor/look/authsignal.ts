import { randomUUID } from 'node:crypto'
import type { AuthsignalAnswer, Looked } from '../facts.ts'
import { get, type HttpAnswer } from './http.ts'

/** Docs: server-api/overview. Only these are ever asked about a key that another of them refused. */
const REGIONS = ['', 'au.', 'eu.', 'ca.'].map((region) => `https://${region}api.authsignal.com/v1`)

export interface Tenant {
  url: string
  secret: string
  timeoutMs: number
}

export interface AuthsignalLook {
  authsignal: Looked<AuthsignalAnswer>
  clock: Looked<number>
}

/**
 * Asks for a user nobody can be. The answer tells whether the key is good here, and changes nothing. The
 * SDK is not used: it loses the status of an empty 401, and the Date header.
 */
export async function lookAtAuthsignal(tenant: Tenant, ask = get): Promise<AuthsignalLook> {
  const looked = await askForNobody(tenant, ask)
  if (!('seen' in looked)) return { authsignal: looked, clock: looked }
  const { status, clock } = looked.seen
  const verdict = verdictOn(looked.seen)
  if (verdict === undefined) {
    return { authsignal: { unseen: `Authsignal answers ${status}` }, clock }
  }
  const rightUrl = verdict === 'refused' ? await rightRegion(tenant, ask) : undefined
  const answer = { verdict, status, ...(rightUrl === undefined ? {} : { rightUrl }) }
  return { authsignal: { seen: answer }, clock }
}

async function askForNobody(
  { url, secret, timeoutMs }: Tenant,
  ask: typeof get,
): Promise<Looked<HttpAnswer>> {
  const credentials = Buffer.from(`${secret}:`).toString('base64')
  const looked = await ask(`${url}/users/doctor-${randomUUID()}`, timeoutMs, {
    authorization: `Basic ${credentials}`,
    accept: 'application/json',
  })
  return 'unseen' in looked ? { unseen: `Authsignal: ${looked.unseen}` } : looked
}

/** Undefined when it says nothing about the key. */
function verdictOn({ status, body }: HttpAnswer): AuthsignalAnswer['verdict'] | undefined {
  if (status >= 500 || status === 429) return undefined
  if (status === 401 || status === 403) return 'refused'
  const answer = typeof body === 'object' && body !== null ? body : {}
  // Documented by its tests: an unknown user is no error. A 404 of theirs would have a code.
  if (status === 200 && 'isEnrolled' in answer) return 'accepted'
  if (status === 404 && 'error' in answer && typeof answer.error === 'string') return 'accepted'
  return 'no_authsignal'
}

async function rightRegion(tenant: Tenant, ask: typeof get): Promise<string | undefined> {
  if (!REGIONS.includes(tenant.url)) return undefined
  const others = REGIONS.filter((url) => url !== tenant.url)
  const answers = await Promise.all(others.map((url) => askForNobody({ ...tenant, url }, ask)))
  return others.find((_url, index) => {
    const answer = answers[index]
    return answer !== undefined && 'seen' in answer && verdictOn(answer.seen) === 'accepted'
  })
}
