import { formatList } from '../common/formatValue';
import { normalizeForSearch } from '../common/unicode';

const MAX_NAMES_LISTED = 10;
/** Characters of a name that are compared: a server may send longer ones. */
const MAX_LENGTH = 200;

/** The pairs of neighbouring letters in a name, its beginning and end among them. */
const toPairs = (name: string): Set<string> => {
	const letters = [...` ${normalizeForSearch(name.slice(0, MAX_LENGTH))} `];
	return new Set(letters.slice(1).map((letter, index) => `${letters[index]}${letter}`));
};

/** Lists names for a message about a name that is none of them, those that are spelt like it first. */
export function formatNearestNames(wanted: string, names: readonly string[]): string {
	const wantedPairs = toPairs(wanted);
	const rate = (name: string): number => {
		const pairs = toPairs(name);
		const shared = [...pairs].filter((pair) => wantedPairs.has(pair)).length;
		return shared / (pairs.size + wantedPairs.size);
	};
	const rated = names.map((name) => ({ name, likeness: rate(name) }));
	rated.sort((a, b) => b.likeness - a.likeness);
	return formatList(
		rated.map(({ name }) => name),
		MAX_NAMES_LISTED,
	);
}
