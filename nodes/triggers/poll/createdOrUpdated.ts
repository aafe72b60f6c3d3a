import { digest, KEY } from '../digest';
import type { Found, TriggerEvent } from './event';
import { byId, type Seen } from './identify';
import type { Watched } from './watched';

/** Characters that stand for a row's content. */
const CONTENT = 8;

/** Key and content of every row, one after the other: 19 characters a row. */
type State = string;

const unpack = (state: State): Map<string, string> => {
	const contents = new Map<string, string>();
	for (let at = 0; at < state.length; at += KEY + CONTENT)
		contents.set(state.slice(at, at + KEY), state.slice(at + KEY, at + KEY + CONTENT));
	return contents;
};

const pack = (contents: Map<string, string>): State =>
	[...contents].map((entry) => entry.join('')).join('');

/** The contents there are now, and the rows among them that differ from those before. */
async function read(watched: Watched, before?: Map<string, string>) {
	const after = new Map<string, string>();
	const changed = new Map<string, Seen>();
	for await (const page of watched.all(false, before?.keys())) {
		for (const seen of page) {
			const content = digest(seen.row, CONTENT);
			after.set(seen.key, content);
			if (before?.get(seen.key) === content) changed.delete(seen.key);
			else changed.set(seen.key, seen);
		}
	}
	return { after, changed };
}

/**
 * Created or Updated: records that are new among the rows, or whose content differs from the last
 * poll. Teamogy has no time of change to ask for (UNKNOWN), so every row's content is compared.
 */
export const createdOrUpdated: TriggerEvent<State> = {
	value: 'createdOrUpdated',
	name: 'Created or Updated',
	action: 'When a record is created or updated',
	description:
		"When a record newly matches the filters or one of its columns changes. To watch certain columns only, choose them under 'Options'. Reads all matching records at every poll, at most 50,000.",
	needsFilter: false,
	happening: 'updated',
	numbered: false,
	comparesColumns: true,
	start: async (watched) => pack((await read(watched)).after),
	next: async (watched, state) => {
		const before = unpack(state);
		const { after, changed } = await read(watched, before);
		const found = [...changed.values()]
			.sort((a, b) => byId(a.id, b.id))
			.map(({ key, row }): Found => ({ row, happening: before.has(key) ? 'updated' : 'created' }));
		return { found, state: pack(after) };
	},
};
