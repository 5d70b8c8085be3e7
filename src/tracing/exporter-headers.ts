/**
 * `key=value,key=value`, the values percent-encoded: the form of OTEL_EXPORTER_OTLP_HEADERS
 * (OpenTelemetry docs: "Specifying headers via environment variables").
 * @throws Error that says what to write instead
 */
export function parseExporterHeaders(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split(',').map(parseHeader))
}

function parseHeader(entry: string): [string, string] {
  const [, name, value] = /^\s*([\w-]{1,64})=([\x21-\x7e]{1,4096})\s*$/.exec(entry) ?? []
  const decoded = value === undefined ? undefined : decode(value)
  if (name === undefined || decoded === undefined || !/^[\x20-\x7e]+$/.test(decoded)) {
    throw new Error('must be a comma-separated list of name=value, the values percent-encoded')
  }
  return [name.toLowerCase(), decoded]
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}
