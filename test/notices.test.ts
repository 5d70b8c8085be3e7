import { readdir, readFile } from 'node:fs/promises'
import t from 'tap'

const FILE = 'THIRD-PARTY-NOTICES.txt'
const service = await readFile(`dist/${FILE}`, 'utf8')

interface Bom {
  components: { group?: string; name: string; version: string; licenses: object[] }[]
}

/** The text that goes with a package. */
function textFor(title: string): string {
  const section = service.split(/^-{80}$/m).find((one) => one.includes(`\n${title}\n`))
  return section?.split('\n\n').slice(1).join('\n\n') ?? ''
}

t.test('names every package of the bill of materials', async (t) => {
  const { components }: Bom = JSON.parse(await readFile('dist/sbom.cdx.json', 'utf8'))
  for (const { group, name, version } of components) {
    const title = `\n${group === undefined ? name : `${group}/${name}`} ${version} (`
    t.ok(service.includes(title), title.trim())
  }
})

t.test('has the text that a package brings, as it brings it', async (t) => {
  for (const name of ['fastify', 'pino', '@authsignal/node']) {
    const { version } = JSON.parse(await readFile(`node_modules/${name}/package.json`, 'utf8'))
    const file = (await readdir(`node_modules/${name}`)).find((one) => one.startsWith('LICENSE'))
    const text = await readFile(`node_modules/${name}/${file}`, 'utf8')
    t.equal(textFor(`${name} ${version} (MIT)`).trim(), text.trim(), name)
  }
})

t.test('has notices, and the licences of code that a package has taken over', async (t) => {
  for (const path of [
    'import-in-the-middle/NOTICE',
    '@opentelemetry/instrumentation/LICENSES/shimmer/LICENSE',
  ]) {
    const text = await readFile(`node_modules/${path}`, 'utf8')
    t.ok(service.includes(text.trim()), path)
  }
})

t.test('has a text for each package, but for the few that bring none', async (t) => {
  const none = service.split(/^-{80}$/m).filter((one) => one.includes('It brings no text'))
  const packages = none.flatMap((one) => one.match(/^\S+ \d\S+ \(.*\)$/gm) ?? [])
  t.strictSame(
    packages.map((one) => one.split(' ')[0]),
    [
      '@aws-sdk/credential-provider-http',
      '@aws-sdk/credential-provider-login',
      '@aws-sdk/nested-clients',
      '@redis/client',
      'abstract-logging',
    ],
    'a package that is new here: does its README or its repository have the text?',
  )
})

t.test('says of a trigger what is in it, and that there is nothing', async (t) => {
  const [create, define] = await Promise.all(
    ['create', 'define'].map((name) =>
      readFile(`dist/triggers/${name}-auth-challenge/${FILE}`, 'utf8'),
    ),
  )
  t.match(create, /^@authsignal\/node \d/m)
  t.notMatch(create, /^fastify \d/m)
  t.equal(define, 'No code of other packages is in what was built.\n')
})
