import { dump } from 'js-yaml'
import { config, type Fixture, one, TOKEN } from './fixture.ts'
import { PLUGIN, plugin } from './plugin-fixtures.ts'

/** Files that a kubeconfig names, and files that a list names. */
export const PATHS: Fixture[] = [
  {
    name: 'resolves the paths in it against its own folder',
    file: 'kube/config',
    files: (parts) => ({
      'kube/config': dump(
        config(
          parts,
          { 'client-certificate': '../pki/client.crt', 'client-key': 'client.key' },
          { 'certificate-authority-data': null, 'certificate-authority': '../pki/ca.crt' },
        ),
      ),
      'pki/ca.crt': parts.authorityPem,
      'pki/client.crt': parts.client.certificate,
      'kube/client.key': parts.client.key,
    }),
  },
  {
    name: "resolves a plugin's command with a slash against its own folder",
    file: 'kube/config',
    files: (parts) => ({
      'kube/config': dump(config(parts, plugin({ command: '../bin/plugin.sh' }))),
      'bin/plugin.sh': PLUGIN.beside()['plugin.sh'],
    }),
  },
  one('reads the token of a file', () => ({ tokenFile: 'token' }), undefined, {
    beside: () => ({ token: 'token-of-file\n' }),
  }),
  one(
    'prefers the token of a file to the one beside it',
    () => ({ ...TOKEN, tokenFile: 'token' }),
    undefined,
    {
      beside: () => ({ token: 'token-of-file\n' }),
    },
  ),
  one('sends its token where the file of another cannot be read', () => ({
    ...TOKEN,
    tokenFile: 'none',
  })),
  one("is refused where its token's file cannot be read", () => ({ tokenFile: 'none' })),
  one(
    "is refused where its authority's file cannot be read",
    () => TOKEN,
    () => ({
      'certificate-authority-data': null,
      'certificate-authority': 'none.crt',
    }),
  ),
]

export const LISTS: Fixture[] = [
  {
    name: 'list passes over what is empty and what is not there',
    list: ['', 'none', 'empty', 'comment', 'config', ''],
    files: (parts) => ({ empty: '', comment: '# nothing\n', config: dump(config(parts, TOKEN)) }),
  },
  {
    name: 'list takes the first of each name, and the first current context',
    list: ['one', 'two'],
    files: (parts) => ({
      one: dump({ users: [{ name: 'a', user: { token: 'first' } }], 'current-context': '' }),
      two: dump(config(parts, { token: 'second' })),
    }),
  },
  {
    name: 'list puts parts together that are in different files, each with paths of its own folder',
    list: ['users/config', 'clusters/config', 'contexts'],
    files: (parts) => {
      const whole = config(
        parts,
        { tokenFile: 'token' },
        { 'certificate-authority-data': null, 'certificate-authority': 'ca.crt' },
      )
      return {
        'users/config': dump({ users: whole.users }),
        'users/token': 'token-of-part',
        'clusters/config': dump({ clusters: whole.clusters }),
        'clusters/ca.crt': parts.authorityPem,
        contexts: dump({ contexts: whole.contexts, 'current-context': 'a' }),
      }
    },
  },
  {
    name: 'list does not merge the fields of entries of one name',
    list: ['one', 'two'],
    files: (parts) => ({
      one: dump({ users: [{ name: 'a', user: { as: 'jane' } }] }),
      two: dump(config(parts, TOKEN)),
    }),
    differs: { why: 'kubectl asks the user without credentials for a password', refused: false },
  },
  {
    name: 'list with a file that is damaged is refused',
    list: ['config', 'broken'],
    files: (parts) => ({ config: dump(config(parts, TOKEN)), broken: 'users: [' }),
  },
  {
    name: 'list with a folder in it is refused',
    list: ['folder', 'config'],
    files: (parts) => ({ 'folder/file': '', config: dump(config(parts, TOKEN)) }),
  },
  {
    name: 'list of which nothing is there leads nowhere',
    list: ['none', 'nor-this'],
    files: () => ({}),
  },
  {
    name: 'that is named and is not there is refused, though KUBECONFIG leads to one',
    file: 'none',
    list: ['config'],
    files: (parts) => ({ config: dump(config(parts, TOKEN)) }),
  },
  {
    name: 'that is named counts, and not the one in KUBECONFIG',
    file: 'named',
    list: ['config'],
    files: (parts) => ({
      named: dump(config(parts, { token: 'token-of-named' })),
      config: dump(config(parts, TOKEN)),
    }),
  },
  {
    name: 'has another context than the current one where that is asked for',
    file: 'config',
    context: 'b',
    files: (parts) => {
      const [a, b] = [config(parts, TOKEN), config(parts, { token: 'token-b' }, {}, 'b')]
      const both = (field: string) => [a[field], b[field]].flat()
      return {
        config: dump({
          ...a,
          clusters: both('clusters'),
          users: both('users'),
          contexts: both('contexts'),
        }),
      }
    },
  },
  {
    name: 'is refused where a context is asked for that it lacks',
    file: 'config',
    context: 'b',
    files: (parts) => ({ config: dump(config(parts, TOKEN)) }),
  },
  {
    name: 'with damage in entries that the context does not name is read',
    file: 'config',
    files: (parts) => {
      const whole = config(parts, TOKEN)
      return {
        config: dump({
          ...whole,
          clusters: [whole.clusters, { name: 'other', cluster: {} }].flat(),
          users: [whole.users, { name: 'other', user: { 'client-certificate': '/none' } }].flat(),
        }),
      }
    },
  },
]
