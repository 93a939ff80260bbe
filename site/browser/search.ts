import MiniSearch from 'minisearch'

/** A part of a page below one heading, as the search has it. */
export type Part = { id: number; page: string; heading: string; address: string; text: string }
export type Hit = { part: Part; terms: readonly string[] }

const WORD = /[\p{L}\p{N}]+(?:[-_./:][\p{L}\p{N}]+)*/gu

/** A compound such as ITS-OFF-TARGET is a word, and so is each of its parts. */
function wordsOf(text: string): string[] {
  return compoundsOf(text).flatMap((word) => {
    const parts = word.split(/[-_./:]/)
    return parts.length > 1 ? [word, ...parts] : [word]
  })
}

function compoundsOf(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? []
}

/** Makes the search of these parts. A part must have all words of the query, or words that begin with them. */
export function searchOf(parts: readonly Part[]): (query: string) => Hit[] {
  const index = new MiniSearch<Part>({
    fields: ['heading', 'page', 'text'],
    tokenize: wordsOf,
    searchOptions: {
      boost: { heading: 4, page: 2 },
      combineWith: 'AND',
      prefix: true,
      fuzzy: (word) => (word.length > 4 && !/[-_./:\d]/.test(word) ? 0.2 : false),
      tokenize: compoundsOf,
    },
  })
  index.addAll(parts)
  return (query) =>
    index.search(query).flatMap(({ id, terms }) => {
      const part = parts[id]
      return part === undefined ? [] : [{ part, terms }]
    })
}
