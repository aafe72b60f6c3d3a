/** Create or Update where servers compare texts in ways of their own: no record of another value is changed. */
import fc from 'fast-check';
import { byMapper, useUpsert } from '../../../helpers/upsert.mts';
import { getWrites } from '../../../helpers/loggedRequests.mts';

const { testBed, upsert, add } = useUpsert({ rows: { companies: 0 } });

type Collation = (text: string) => string;
const withoutAccents = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '');

const COLLATIONS: Record<string, Collation> = {
	'letter by letter': (text) => text,
	'without blanks at the end': (text) => text.trimEnd(),
	'without case': (text) => text.toLowerCase(),
	'without case and blanks at the end': (text) => text.toLowerCase().trimEnd(),
	'without case and accents': (text) => withoutAccents(text.toLowerCase()),
	'without case, blanks at the end and accents but hooks': (text) =>
		text
			.toLowerCase()
			.trimEnd()
			.replace(/[^čřšž]/g, withoutAccents),
};

const VARIANTS: Array<(text: string) => string> = [
	(text) => text,
	(text) => text.toUpperCase(),
	(text) => withoutAccents(text),
	(text) => `${text} `,
	(text) => ` ${text}`,
	(text) => text.replace(' ', '  '),
	(text) => text.replace('á', 'a'),
	(text) => text.replace('ř', 'r'),
];
const name = fc
	.tuple(fc.constantFrom('Kovář', 'Škoda Tábor'), fc.constantFrom(...VARIANTS))
	.map(([text, change]) => change(text));

/** The writes that are right: an update of the record with the value, or the creation of the first of a new value. */
function listExpectedWrites(there: string[], names: string[], collation: Collation): string[] {
	const find = (texts: string[], one: string): string[] =>
		texts.includes(one) ? [one] : texts.filter((text) => collation(text) === collation(one));
	const created: string[] = [];
	return names.flatMap((one) => {
		const found = find(there, one);
		// Several records have the value: the item fails.
		if (found.length > 1) return [];
		if (found.length || find(created, one).length) return [`PATCH ${one}`];
		created.push(one);
		return [`POST ${one}`];
	});
}

it.each(Object.entries(COLLATIONS))(
	'Each item updates or creates the record of its own value on a server that compares %s',
	async (_, compareBy) => {
		await fc.assert(
			fc.asyncProperty(
				fc.uniqueArray(name, { maxLength: 3 }),
				fc.array(name, { minLength: 1, maxLength: 5 }),
				async (there, names) => {
					testBed.sandbox.reset();
					testBed.sandbox.set({ compareBy: (value) => compareBy(String(value)) });
					for (const one of ['Any other text', ...there]) add(one);
					testBed.sandbox.clearLog();
					const input = names.map((one) => ({ name: one }));
					await upsert(byMapper('name'), { input, onError: 'continueRegularOutput' });
					const writes = getWrites(testBed.sandbox).map(
						({ method, body }) => `${method} ${(body as { name: string }).name}`,
					);
					expect(writes).toEqual(listExpectedWrites(there, names, compareBy));
				},
			),
			{ numRuns: 40, seed: 7 },
		);
	},
);
