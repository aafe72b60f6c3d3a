/** Hostile values and column names of filters are literals and names, whatever is in them. */
import fc from 'fast-check';
import type * as ConditionsModule from '../../../../nodes/api/filters/conditions.js';
import type * as NamesModule from '../../../../nodes/api/views/names.js';
import { parseFilter } from '../../../sandbox/index.mts';
import { useFilters } from '../../../helpers/filters.mts';
import { builtModule } from '../../../helpers/testBed.mts';

const { compileFilter } = builtModule<typeof ConditionsModule>('nodes/api/filters/conditions.js');
const { parseColumnName } = builtModule<typeof NamesModule>('nodes/api/views/names.js');

const SEED = 20_261_120;

const { testBed, getAll, sent } = useFilters();

describe('Hostile values', () => {
	const pieces = fc.constantFrom(
		...["'", "''", "\\'", "' OR '1'='1", "') OR (id>0", "' AND NOT '", '"', '`', '\\', '%27', '%'],
		...[
			'&',
			'&limit=1',
			'#',
			'+',
			'=',
			'>',
			'?',
			'/',
			'../../../../',
			';',
			'--',
			'/*',
			'\0',
			'\n',
			'\r\n',
		],
		...['\t', ' ', '\u00a0', '\u2028', '\u202e', '\ufeff', '’', '＇', 'ʼ', 'é', 'e\u0301', '🦄'],
		...['AND', 'OR', 'NOT', 'ANY', 'true', 'null', '{{ 1 }}', '=1', '$json', '<script>', '0', ','],
	);
	const mixed = fc.array(fc.oneof(pieces, pieces, fc.string({ unit: 'binary', maxLength: 4 })), {
		maxLength: 12,
	});
	const hostile = mixed.map((parts) => parts.join(''));
	const values = fc.sample(hostile, { seed: SEED, numRuns: 1000 });
	const input = values.map((value, offset) => ({ value, offset }));

	/** The filters that arrived, each with the number of the item it was sent for. */
	const arrived = () =>
		testBed.sandbox.log.map(({ query, status }) => ({
			index: Number(query.offset),
			ast: parseFilter(query.externalFilter),
			status,
		}));

	it('Hostile values are sent as exactly one literal each, equal to the value', async () => {
		const { error } = await getAll(
			{
				returnAll: false,
				filters: { conditions: [{ column: 'name', type: 'string', value: '={{ $json.value }}' }] },
				options: { offset: '={{ $json.offset }}' },
			},
			{ input },
		);
		expect(error).toBeUndefined();
		const asked = arrived();
		expect(asked).toHaveLength(1000);
		for (const { index, ast, status } of asked) {
			const value = values[index];
			expect(ast).toEqual({ kind: 'comparison', column: 'name', operator: '=', value });
			expect(status).toBe(200);
		}
		expect(new Set(asked.map(({ index }) => index)).size).toBe(1000);
	});

	it('Hostile values stay literals within every operator and among other conditions', async () => {
		const before = { column: 'status', type: 'string', value: '={{ $json.value }}' };
		const some = input.slice(0, 50);
		for (const operator of ['notEqual', 'greaterThanOrEqual', 'lessThan', 'lessThanOrEqual']) {
			testBed.sandbox.clearLog();
			const condition = { column: 'name', operator, type: 'string', value: '={{ $json.value }}' };
			await getAll(
				{
					returnAll: false,
					combine: 'or',
					filters: { conditions: [before, condition] },
					options: { offset: '={{ $json.offset }}' },
				},
				{ input: some },
			);
			const asked = arrived();
			expect(asked).toHaveLength(50);
			for (const { index, ast } of asked) {
				const value = values[index];
				const compare = (sign: string) => ({
					kind: 'comparison',
					column: 'name',
					operator: sign,
					value,
				});
				const either = { kind: 'or', terms: [compare('>'), compare('=')] };
				const own = {
					notEqual: { kind: 'not', term: compare('=') },
					greaterThanOrEqual: either,
					lessThan: { kind: 'not', term: either },
					lessThanOrEqual: { kind: 'not', term: compare('>') },
				}[operator];
				const first = { ...compare('='), column: 'status' };
				expect(ast).toEqual({ kind: 'or', terms: [first, own] });
			}
		}
	});

	it('Hostile values are literals of their own in a list', async () => {
		expect(values).toHaveLength(1000);
		for (let from = 0; from < values.length; from += 50) {
			testBed.sandbox.clearLog();
			const list = values.slice(from, from + 50);
			const value = '={{ $json.list }}';
			const conditions = [{ column: 'name', operator: 'anyOf', type: 'string', value }];
			await getAll({ filters: { conditions } }, { input: [{ list }] });
			const terms = list.map((one) => ({
				kind: 'comparison',
				column: 'name',
				operator: '=',
				value: one,
			}));
			expect(parseFilter(sent()!)).toEqual({ kind: 'or', terms });
		}
	});

	it('Hostile values find the record that has them', async () => {
		const some = input.slice(0, 60).filter(({ value }) => value !== '');
		const ids = some.map(({ value }) => testBed.sandbox.insert('jobs', { name: value }).id);
		const { json } = await getAll(
			{
				filters: { conditions: [{ column: 'name', type: 'string', value: '={{ $json.value }}' }] },
			},
			{ input: some },
		);
		const found = new Set(json.map(({ id }) => id));
		expect(ids.length).toBeGreaterThan(50);
		expect(ids.filter((id) => !found.has(id))).toEqual([]);
		expect(new Set(json.map(({ name }) => name))).toEqual(new Set(some.map(({ value }) => value)));
	});

	it('Hostile column names are refused, or are no more than a name', async () => {
		const property = fc.asyncProperty(fc.oneof(hostile, fc.string()), async (given) => {
			let column: string;
			try {
				column = parseColumnName(given, 'The column');
			} catch (error) {
				expect((error as Error).name).toBe('InvalidInput');
				return;
			}
			const condition = {
				column,
				operator: 'equal',
				type: 'string',
				value: 'v',
				where: 'The condition',
				label: 'The value',
			} as const;
			// No type is asked for, so no sample is needed.
			const noTypes = {} as Parameters<typeof compileFilter>[1];
			const entered = { conditions: [condition], combine: 'and' as const };
			const { filter } = await compileFilter(entered, noTypes, { view: 'jobs' });
			expect(filter).toBe(`${given.trim()}='v'`);
			expect(filter).toMatch(/^[\p{L}_][\p{L}\p{M}\p{N}_.-]*='v'$/u);
		});
		await fc.assert(property, { seed: SEED, numRuns: 1000 });
	});
});
