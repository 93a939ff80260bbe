import { dump, load } from 'js-yaml'
import { config, type Fixture, TOKEN } from './fixture.ts'
import type { Parts } from './place.ts'

/** A fixture of one kubeconfig with a changed text or changed bytes. */
function text(
  name: string,
  change: (yaml: string) => string | Buffer,
  more: Partial<Fixture> = {},
): Fixture {
  const files = (parts: Parts) => ({ config: change(dump(config(parts, TOKEN))) })
  return { name, file: 'config', files, ...more }
}

/** Formats and encodings of a kubeconfig. */
export const TEXTS: Fixture[] = [
  text('in JSON is read', (yaml) => JSON.stringify(load(yaml))),
  text('with a byte order mark of UTF-8 is read', (yaml) => `\uFEFF${yaml}`),
  text('in UTF-16, little end first, is read', (yaml) => Buffer.from(`\uFEFF${yaml}`, 'utf16le')),
  text('in UTF-16, big end first, is read', (yaml) =>
    Buffer.from(`\uFEFF${yaml}`, 'utf16le').swap16(),
  ),
  text('in UTF-16 without a mark is refused', (yaml) => Buffer.from(yaml, 'utf16le')),
  text('with CR LF at the ends of lines is read', (yaml) => yaml.replaceAll('\n', '\r\n')),
  text('in base64 is refused', (yaml) => Buffer.from(yaml).toString('base64')),
  text('all on one line is refused', (yaml) => yaml.split(/\s+/).join(' ')),
  text('of another kind is refused', (yaml) => yaml.replace('kind: Config', 'kind: Pod')),
  text('without a kind and an apiVersion is read', (yaml) =>
    yaml.replace(/^(?:kind|apiVersion): .*\n/gm, ''),
  ),
  text('with a key twice takes the last', (yaml) => `${yaml}current-context: b\n`),
  text(
    'with a second document reads the first alone',
    (yaml) => `${yaml}---\ncurrent-context: b\n`,
  ),
  text('that is a text is refused', () => 'just text\n'),
  text('that is a list is refused', () => '- a\n- b\n'),
  text('that is empty leads nowhere', () => ''),
  text('with null for its lists is refused', (yaml) =>
    yaml.replace(/^users:\n(?:[ -].*\n)*/m, 'users: null\n'),
  ),
  text('with two users of one name is refused', (yaml) =>
    yaml.replace(/^users:\n/m, 'users:\n  - name: a\n    user: {token: other}\n'),
  ),
  text('whose context names a cluster that there is not is refused', (yaml) =>
    yaml.replace('cluster: a', 'cluster: b'),
  ),
]
