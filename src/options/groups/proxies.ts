import { option, PROBING } from '../option.ts'
import { oneOf } from '../parsers.ts'

/** Whether the proxies that hold the rule are read. */
export type ProxiesName = 'auto' | 'require' | 'off'

export const PROXIES = option<ProxiesName>({
  name: 'proxies',
  type: 'auto, require or off',
  placeholder: 'auto|require|off',
  default: 'auto',
  brief:
    'Whether to wait until every proxy that holds the rule has the new weights. auto: as far as they can be read.',
  text: 'Whether to read the configuration of every proxy that holds the rule, and to wait until all have the new weights. auto: as far as they can be read, and at most 20. require: all of them, else the run fails before the write. off: none.',
  modes: PROBING,
  parse: oneOf('auto', 'require', 'off'),
})
