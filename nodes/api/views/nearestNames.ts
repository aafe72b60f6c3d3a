import { formatList } from '../common/formatValue';
import { normalizeForSearch } from '../common/unicode';
import { getPropertyKey } from './columns';

const MAX_NAMES_LISTED = 10;
/** Characters of a name that are compared: a server may send longer ones. */
const MAX_COMPARED_LENGTH = 200;
/** Similar names share at least half of their pairs of letters: `statsu` and `status`, `due` and `dueDate`. */
const MIN_LIKENESS = 0.5;

/** The letters of a name. All entries of `properties` begin alike, and people leave that out. */
const toLetters = (name: string): string[] => {
	const ownName = getPropertyKey(name) ?? name;
	return [...normalizeForSearch(ownName.slice(0, MAX_COMPARED_LENGTH))];
};

/** The pairs of neighbouring letters in a name, its beginning and end among them. */
const toPairs = (letters: string[]): Set<string> => {
	const padded = [' ', ...letters, ' '];
	return new Set(padded.slice(1).map((letter, index) => `${padded[index]}${letter}`));
};

const sortLetters = (letters: string[]): string => [...letters].sort().join('');

/** Names from the most to the least like another, each with its likeness from 0 to 1. */
function rateNames(
	wanted: string,
	names: readonly string[],
): Array<{ name: string; likeness: number }> {
	const wantedLetters = toLetters(wanted);
	const wantedPairs = toPairs(wantedLetters);
	const sortedLetters = sortLetters(wantedLetters);
	const rate = (name: string): number => {
		const letters = toLetters(name);
		const pairs = toPairs(letters);
		const shared = [...pairs].filter((pair) => wantedPairs.has(pair)).length;
		const likeness = (2 * shared) / (pairs.size + wantedPairs.size);
		// The same letters in another order are probably transposed.
		const isTransposed =
			letters.length === wantedLetters.length && sortLetters(letters) === sortedLetters;
		return isTransposed ? (1 + likeness) / 2 : likeness;
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
