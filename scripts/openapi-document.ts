import { readFile } from 'node:fs/promises'
import { buildApp, type UseCases } from '../src/app.ts'
import type { OpenApiVersion } from '../src/http/openapi.ts'

/** The app only describes itself: none of its routes is ever called. */
const NOTHING_BEHIND: UseCases = Object.create(null)

/** The OpenAPI document of the routes as they are, formatted as it is committed. */
export async function openApiDocument(openApi: OpenApiVersion): Promise<string> {
  const manifest: { version: string } = JSON.parse(
    await readFile(new URL('../package.json', import.meta.url), 'utf8'),
  )
  const app = await buildApp(NOTHING_BEHIND, { version: manifest.version, openApi })
  await app.ready()
  const document = app.swagger()
  await app.close()
  return `${JSON.stringify(document, null, 2)}\n`
}
