interface Operation {
  operationId?: string
  summary?: string
  description?: string
  requestBody?: unknown
  responses?: Record<string, { description?: string; content?: unknown }>
}

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
  body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  h2 { margin-top: 3rem } code, pre { font: 0.9em ui-monospace, monospace }
  pre { overflow-x: auto; padding: 1rem; border: 1px solid #8884; border-radius: 8px }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.8rem 0.4rem 0 }
  td { border-top: 1px solid #8884 }`

/**
 * The API description as a page for people, made from the document itself: no script, nothing
 * fetched, so it works on an admin network that reaches nothing.
 */
export function docsPage(document: {
  info: { title: string; version: string; description?: string }
  paths?: object
}): string {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries<Operation>({ ...methods }).map(([method, operation]) => ({
      path,
      method,
      operation,
    })),
  )
  const { title, version, description = '' } = document.info
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)} ${escape(version)}</title>
<style>${STYLE}</style>
<h1>${escape(title)} ${escape(version)}</h1>
<p>${escape(description)}</p>
<p>For generators and tools: <a href="/openapi.json">/openapi.json</a></p>
${operations.map(section).join('\n')}
</html>
`
}

function section({
  path,
  method,
  operation,
}: {
  path: string
  method: string
  operation: Operation
}): string {
  const { operationId = '', summary = '', description = '', responses = {} } = operation
  const rows = Object.entries(responses).map(
    ([status, response]) => `<tr><td>${escape(status)}<td>${withCode(response.description ?? '')}`,
  )
  return `<h2 id="${escape(operationId)}"><code>${method.toUpperCase()} ${escape(path)}</code></h2>
<p><strong>${escape(summary)}.</strong> ${escape(description)}</p>
<table><tr><th>Status<th>Meaning${rows.join('')}</table>
<details><summary>Request and answers, in full</summary>
<pre>${escape(JSON.stringify({ requestBody: operation.requestBody, responses }, null, 2))}</pre></details>`
}

function withCode(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
