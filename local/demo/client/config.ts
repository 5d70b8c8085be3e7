import { stringIn } from './json.ts'

export interface Config {
  apiUrl: string
  authsignalUrl: string
  tenantId: string
}

/** Where the page is to find its service; undefined when that cannot be had right now. */
export async function loadConfig(): Promise<Config | undefined> {
  try {
    const response = await fetch('config.json', { signal: AbortSignal.timeout(10_000) })
    return readConfig(await response.json())
  } catch {
    return undefined
  }
}

function readConfig(body: unknown): Config | undefined {
  const apiUrl = stringIn(body, 'apiUrl')
  const authsignalUrl = stringIn(body, 'authsignalUrl')
  const tenantId = stringIn(body, 'tenantId')
  return apiUrl && authsignalUrl && tenantId ? { apiUrl, authsignalUrl, tenantId } : undefined
}
