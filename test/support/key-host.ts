import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose'
import type { Test } from 'tap'

/** Publishes keys, whatever path it is asked for, or gets into trouble. */
export interface KeyHost {
  origin: string
  keys: JWK[]
  /** How it answers instead of with its keys. */
  trouble: undefined | 'status' | 'hang' | 'html' | 'garbage' | 'redirect'
  fetches: number
}

export async function startKeyHost(t: Test): Promise<KeyHost> {
  const server = createServer((_request, response) => {
    host.fetches += 1
    if (host.trouble === 'hang') return
    if (host.trouble === 'status') response.statusCode = 500
    if (host.trouble === 'redirect') response.writeHead(302, { location: '/elsewhere' })
    else response.setHeader('content-type', 'application/json')
    response.end(bodyOf(host))
  })
  const host: KeyHost = { origin: '', keys: [], trouble: undefined, fetches: 0 }
  server.listen(0, 'localhost')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  host.origin = `http://localhost:${(server.address() as AddressInfo).port}`
  return host
}

function bodyOf({ trouble, keys }: KeyHost): string {
  if (trouble === 'html') return '<h1>'
  return JSON.stringify({ keys: trouble === 'garbage' ? 'none' : keys })
}

/** Makes a key and has the host publish it. */
export async function newKey(host: KeyHost, kid: string): Promise<CryptoKey> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  host.keys.push({ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' })
  return privateKey
}
