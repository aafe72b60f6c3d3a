import fc from 'fast-check';
import { compile, evaluate, FilterError, parseFilter } from '../../sandbox/filter.mts';

describe('A filter', () => {
	const rows = [
		{ id: 1, name: 'Ema', active: true, due: null, properties: { name: 'x', 'a-1': 7 } },
		{ id: 2, name: "O'Neill", active: false, due: '2026-01-02', properties: { name: null } },
		{ id: 3, name: '1', active: true, due: '2026-03-04', properties: {} },
	];
	const found = (text: string) => rows.filter(compile(parseFilter(text))).map((row) => row.id);

	test.each([
		['id=1', [1]],
		['id>1', [2, 3]],
		['id>-1.5', [1, 2, 3]],
		['active=true', [1, 3]],
		["name='O''Neill'", [2]],
		["name=''", []],
		["name='1'", [3]],
		['name=1', []],
		["due>'2026-01-31'", [3]],
		['id=1 OR id=2 AND active=true', [1]],
		['(id=1 OR id=2) AND active=true', [1]],
		['NOT id=1', [2, 3]],
		['NOT id=1 AND active=true', [3]],
		['NOT (id=1 OR id=2)', [3]],
		['NOT NOT id=1', [1]],
		["due='2026-01-02'", [2]],
		["NOT due='2026-01-02'", [3]],
		["due='2026-01-02' OR id=1", [1, 2]],
		["NOT (due='2026-01-02' AND id=1)", [2, 3]],
		["properties.name='x'", [1]],
		['properties.a-1=7', [1]],
		['  id  =\n1\tOR(id=3)', [1, 3]],
	])('A filter finds the rows it describes: %s', (text, ids) => expect(found(text)).toEqual(ids));

	test.each([
		['', 1],
		['id', 3],
		['id=', 4],
		['id>=1', 4],
		['id<1', 3],
		['id!=1', 3],
		['id<>1', 3],
		['id==1', 4],
		['id=1;', 5],
		['id=1--', 5],
		['id=1 -- x', 6],
		['id=null', 4],
		['id IS NULL', 4],
		["name LIKE 'a'", 6],
		['id IN (1,2)', 4],
		['id=ANY(1)', 4],
		['ANY(id=1)', 1],
		['id=1 and id=2', 6],
		['NOTid=1 OR', 11],
		['id="1"', 4],
		["name='x", 6],
		["name=''x'", 8],
		['(id=1', 6],
		['id=1)', 5],
		['id=name', 4],
		['1=id', 1],
		['id=1e3', 4],
		['id=1.', 4],
		['true', 1],
		['id=TRUE', 4],
	])('A filter outside the documented grammar is refused: %s, at position %i', (text, position) => {
		expect(() => parseFilter(text)).toThrow(FilterError);
		try {
			parseFilter(text);
		} catch (caught) {
			expect((caught as FilterError).position).toBe(position);
			expect((caught as FilterError).message).toContain(`Position ${position}.`);
		}
	});

	test('A filter takes any text with doubled quotes as exactly one literal', () => {
		const hostile = fc.oneof(
			fc.string({ unit: 'grapheme' }),
			fc.string({ unit: 'binary' }),
			fc.constantFrom("' OR id>0 OR name='", "';--", "''", "'", "\\'", '\u0000', "x' AND NOT ('"),
		);
		fc.assert(
			fc.property(hostile, (value) => {
				const ast = parseFilter(`name='${value.replaceAll("'", "''")}'`);
				expect(ast).toEqual({ kind: 'comparison', column: 'name', operator: '=', value });
				expect(evaluate(ast, { name: value })).toBe(true);
				expect(evaluate(ast, { name: `${value}x` })).toBe(false);
			}),
		);
	});

	test('A filter finds the same rows with many terms and many rows', () => {
		const many = Array.from({ length: 100_000 }, (_, id) => ({ id }));
		const terms = Array.from({ length: 150 }, (_, index) => `id=${index * 600}`).join(' OR ');
		expect(many.filter(compile(parseFilter(`(${terms})`)))).toHaveLength(150);
		expect(many.filter(compile(parseFilter('id>99000')))).toHaveLength(999);
	});

	test('A filter nested too deeply is refused', () => {
		expect(() => parseFilter('('.repeat(100_000))).toThrow(FilterError);
	});
});
