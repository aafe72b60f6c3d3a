import { formatList } from '../common/formatValue';
import { normalizeForSearch } from '../common/unicode';

const MAX_NAMES_LISTED = 10;
/** Characters of a name that are compared: a server may send longer ones. */
const MAX_LENGTH = 200;
/** Similar names share at least half of their pairs of letters. */
const MIN_LIKENESS = 0.5;

/** The pairs of neighbouring letters in a name, its beginning and end among them. */
const toPairs = (name: string): Set<string> => {
	const letters = [...` ${normalizeForSearch(name.slice(0, MAX_LENGTH))} `];
	return new Set(letters.slice(1).map((letter, index) => `${letters[index]}${letter}`));
};

/** Names from the most to the least like another, each with its likeness from 0 to 1. */
function rateNames(
	wanted: string,
	names: readonly string[],
): Array<{ name: string; likeness: number }> {
	const wantedPairs = toPairs(wanted);
	const rate = (name: string): number => {
		const pairs = toPairs(name);
		const shared = [...pairs].filter((pair) => wantedPairs.has(pair)).length;
		return (2 * shared) / (pairs.size + wantedPairs.size);
	};
	const rated = names.map((name) => ({ name, likeness: rate(name) }));
	return rated.sort((a, b) => b.likeness - a.likeness);
}

/** Lists names for a message about a name that is none of them, those that are spelt like it first. */
export const formatNearestNames = (wanted: string, names: readonly string[]): string =>
	formatList(
		rateNames(wanted, names).map(({ name }) => name),
		MAX_NAMES_LISTED,
	);

/** The names that are spelt much like another, the most similar first. */
export const findSimilarNames = (wanted: string, names: readonly string[], max: number): string[] =>
	rateNames(wanted, names)
		.filter(({ likeness }) => likeness >= MIN_LIKENESS)
		.slice(0, max)
		.map(({ name }) => name);
