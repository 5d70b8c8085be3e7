import { mkdir, writeFile } from 'node:fs/promises'

/** What was answered to each operation under each fault, as a Markdown table. */
export class Table {
  readonly #rows = new Map<string, Map<string, string>>()

  set(row: string, column: string, text: string): void {
    const cells = this.#rows.get(row) ?? new Map<string, string>()
    this.#rows.set(row, cells.set(column, text))
  }

  /** How often each text is there. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const cells of this.#rows.values()) {
      for (const text of cells.values()) counts.set(text, (counts.get(text) ?? 0) + 1)
    }
    return counts
  }

  asMarkdown(): string {
    const columns = [...new Set([...this.#rows.values()].flatMap((cells) => [...cells.keys()]))]
    const counts = [...this.counts()].toSorted(([a], [b]) => a.localeCompare(b))
    return [
      line(['Fault', ...columns]),
      line(['---', ...columns.map(() => '---')]),
      ...[...this.#rows].map(([row, cells]) =>
        line([row, ...columns.map((column) => cells.get(column) ?? '')]),
      ),
      '',
      `${counts.reduce((sum, [, count]) => sum + count, 0)} cells: ` +
        counts.map(([text, count]) => `${count} × ${text}`).join(', '),
      '',
    ].join('\n')
  }

  async write(file: string): Promise<void> {
    await mkdir('artifacts', { recursive: true })
    await writeFile(`artifacts/${file}`, this.asMarkdown())
  }
}

function line(cells: string[]): string {
  return `| ${cells.join(' | ')} |`
}
