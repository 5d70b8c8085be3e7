import { stringIn } from './json.ts'

export interface Config {
  apiUrl: string
  authsignalUrl: string
  tenantId: string
  /** Of a provider of ID tokens that anybody can have; there is one in the local stack only. */
  idTokenUrl?: string
}

const RETRY_MS = 2_000

/**
 * Where the page is to find its services. Tries for as long as it takes: without them there is
 * nothing to do.
 */
export async function loadConfig(onFailure: () => void): Promise<Config> {
  for (;;) {
    const config = await fetchConfig()
    if (config) return config
    onFailure()
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}

async function fetchConfig(): Promise<Config | undefined> {
  try {
    const response = await fetch('/config.json', { signal: AbortSignal.timeout(10_000) })
    return readConfig(await response.json())
  } catch {
    return undefined
  }
}

export function readConfig(body: unknown): Config | undefined {
  const apiUrl = stringIn(body, 'apiUrl')
  const authsignalUrl = stringIn(body, 'authsignalUrl')?.replace(/\/+$/, '')
  const tenantId = stringIn(body, 'tenantId')
  const idTokenUrl = stringIn(body, 'idTokenUrl')?.replace(/\/+$/, '')
  if (!apiUrl || !authsignalUrl || !tenantId) return undefined
  return { apiUrl, authsignalUrl, tenantId, ...(idTokenUrl ? { idTokenUrl } : {}) }
}
