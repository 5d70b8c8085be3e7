import { readFile } from 'node:fs/promises'
import { buildApp } from '../src/app.ts'
import type { OpenApiVersion } from '../src/http/openapi.ts'

/** The OpenAPI document of the routes as they are, formatted as it is committed. */
export async function openApiDocument(openApi: OpenApiVersion): Promise<string> {
  const manifest: { version: string } = JSON.parse(
    await readFile(new URL('../package.json', import.meta.url), 'utf8'),
  )
  const app = await buildApp(
    {
      startSignIn: notHere,
      finishSignIn: notHere,
      refreshTokens: notHere,
      signOut: notHere,
      signOutEverywhere: notHere,
    },
    { version: manifest.version, openApi },
  )
  await app.ready()
  const document = app.swagger()
  await app.close()
  return `${JSON.stringify(document, null, 2)}\n`
}

function notHere(): Promise<never> {
  return Promise.reject(new Error('this app only describes itself'))
}
