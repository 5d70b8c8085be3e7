import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'

const sdkEntry = createRequire(import.meta.url).resolve('@authsignal/browser')
const sdk = await readFile(join(dirname(sdkEntry), 'index.min.js'))
const HTML = `<!doctype html><title>Sign in</title><script src="/sdk.js"></script>
<input autocomplete="username webauthn">`

export interface SdkPage {
  origin: string
  close: () => void
}

/** The page of an app with the unmodified browser SDK as `authsignal`, on an origin of its own. */
export async function serveSdkPage(): Promise<SdkPage> {
  const server = createServer((request, response) => {
    if (request.url === '/sdk.js') response.setHeader('content-type', 'text/javascript').end(sdk)
    else response.setHeader('content-type', 'text/html').end(HTML)
  }).listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { origin: `http://localhost:${port}`, close: () => server.close() }
}
