import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'

interface Component {
  type: string
  'bom-ref': string
  group?: string
  name: string
  version: string
  purl?: string
  hashes?: { alg: string; content: string }[]
  licenses: { license?: { id: string }; expression?: string }[]
}
interface Bom {
  $schema: string
  bomFormat: string
  specVersion: string
  version: number
  serialNumber?: string
  metadata: { timestamp?: string; component: Component }
  components: Component[]
  dependencies: { ref: string; dependsOn: string[] }[]
}

const text = await readFile('dist/sbom.cdx.json', 'utf8')
const bom: Bom = JSON.parse(text)

/** What is installed in each place from which the source maps of the bundles name a file. */
async function bundledPackages(): Promise<Set<string>> {
  const maps = await Promise.all(
    ['server.cjs', 'doctor.mjs'].map((name) => readFile(`dist/${name}.map`, 'utf8')),
  )
  const sources = maps.flatMap((map): string[] => JSON.parse(map).sources)
  const directories = new Set(
    sources.flatMap(
      (source) => /^\.\.\/(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? [],
    ),
  )
  const packages = [...directories].map(async (directory) => {
    const { name, version }: { name: string; version: string } = JSON.parse(
      await readFile(join(directory, 'package.json'), 'utf8'),
    )
    return `${name}@${version}`
  })
  return new Set(await Promise.all(packages))
}

const fullName = ({ group, name }: Component) => (group === undefined ? name : `${group}/${name}`)

t.test('lists the packages that are in the bundles, as installed, and no others', async (t) => {
  const listed = bom.components.map((one) => `${fullName(one)}@${one.version}`)
  t.strictSame(listed.toSorted(), [...(await bundledPackages())].toSorted())
  t.ok(listed.length > 50)
  t.notOk(listed.some((name) => /^(tap|esbuild|oxlint|typescript)@/.test(name)))
})

t.test('gives each the hash and the license of the lock file', async (t) => {
  const { packages }: { packages: Record<string, { integrity?: string; license?: string }> } =
    JSON.parse(await readFile('package-lock.json', 'utf8'))
  const licenseOf = new Map(
    Object.values(packages).map(({ integrity = '', license }) => [integrity, license]),
  )
  for (const { purl, hashes = [], licenses } of bom.components) {
    const [hash] = hashes
    t.equal(hash?.alg, 'SHA-512')
    const integrity = `sha512-${Buffer.from(hash?.content ?? '', 'hex').toString('base64')}`
    t.ok(licenseOf.has(integrity), `${purl} is locked`)
    const [said] = licenses
    t.equal(said?.expression ?? said?.license?.id, licenseOf.get(integrity))
  }
})

t.test('is CycloneDX 1.6', async (t) => {
  t.match(bom, { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 })
  t.match(bom.metadata.component, { type: 'application', name: 'cognito-authsignal-bff' })
  for (const component of bom.components) {
    t.equal(component.type, 'library')
    t.ok(component.name && component.version)
    // purl-spec, types/npm: the @ of a scope is encoded, the slash behind it is not.
    const name = fullName(component).replace('@', '%40')
    t.equal(component.purl, `pkg:npm/${name}@${component.version}`)
    t.match(component.hashes?.[0]?.content, /^[0-9a-f]{128}$/)
    t.equal(component.licenses.length, 1)
  }
})

t.test('says what needs what, and each is needed by something', async (t) => {
  const own = bom.metadata.component['bom-ref']
  const refs = [own, ...bom.components.map((one) => one['bom-ref'])]
  t.equal(new Set(refs).size, refs.length, 'no name twice')
  t.strictSame(bom.dependencies.map(({ ref }) => ref).toSorted(), refs.toSorted())
  t.notOk(
    bom.dependencies.some(({ dependsOn }) => dependsOn.includes(own)),
    'and nothing needs us',
  )
  const reached = new Set([own])
  // A set goes on with what is added on the way.
  for (const ref of reached) {
    for (const next of bom.dependencies.find((one) => one.ref === ref)?.dependsOn ?? []) {
      reached.add(next)
    }
  }
  t.strictSame([...reached].toSorted(), refs.toSorted())
})

t.test('is the same for the same code, wherever it was built', async (t) => {
  t.notOk(bom.serialNumber)
  t.notOk(bom.metadata.timestamp)
  const addresses = text.match(/https?:[^"]+/g) ?? []
  t.strictSame(addresses, [bom.$schema], 'no registry is named')
  t.notOk(text.includes(process.cwd()))
})
