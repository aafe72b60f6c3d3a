/** Random cells, and conditions on them in every form that a person may enter. */
import fc from 'fast-check';

export const isFilled = (cell: unknown): boolean => cell !== null && cell !== undefined;

const days = fc.integer({ min: 0, max: 40 }).map((day) => new Date(Date.UTC(2026, 9, 10 + day)));
const toDay = (date: Date) => date.toISOString().slice(0, 10);
/** Entries of `properties`, some of them missing. */
export const cells = fc.record(
	{
		amount: fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constantFrom(0.5, 1.25, 1e-7)),
		day: days.map(toDay),
		code: fc.constantFrom('1', '01', '1.0', 'true', '2026-10-15', 'abc', 'ABC', 'á', "o'x", ''),
		flag: fc.boolean(),
	},
	{ requiredKeys: [] },
);

/** A value of a condition, and the value of a cell that it is equal to. */
type Case = { column: string; value: unknown; wanted: unknown };
const one = (column: string, forms: fc.Arbitrary<[unknown, unknown]>): fc.Arbitrary<Case> =>
	forms.map(([value, wanted]) => ({ column: `properties.${column}`, value, wanted }));
const amounts = fc.oneof(
	fc.integer({ min: -20, max: 20 }).map((number): [unknown, unknown] => [number, number]),
	fc.integer({ min: -20, max: 20 }).map((number): [unknown, unknown] => [` ${number}.0`, number]),
	fc.integer({ min: 0, max: 20 }).map((number): [unknown, unknown] => [`0${number}`, number]),
	fc.constant<[unknown, unknown]>([1e-7, 1e-7]),
);
const dates = days.chain((date) =>
	fc.constantFrom<[unknown, unknown]>(
		[toDay(date), toDay(date)],
		[`${toDay(date)}T09:30`, toDay(date)],
		// Half past midnight of the next day in Prague, in summer and in winter.
		[`${toDay(new Date(date.getTime() - 86_400_000))}T23:30:00Z`, toDay(date)],
		[`${toDay(date)} 23:59:59+02:00`, toDay(date)],
	),
);
const codes = fc.oneof(
	fc.constantFrom('1', '01', '1.0', 'true', '2026-10-15', 'abc', 'á', "o'x"),
	fc.constantFrom(1, true),
);
const flags = fc.constantFrom<[unknown, unknown]>(
	...[true, 'true', 'Yes', ' TRUE '].map((value): [unknown, unknown] => [value, true]),
	...[false, 'false', 'no'].map((value): [unknown, unknown] => [value, false]),
);
/** A condition, its operator and the number of rows that are skipped. */
export const cases = fc.tuple(
	fc.oneof(
		one('amount', amounts),
		one('day', dates),
		one(
			'code',
			codes.map((code): [unknown, unknown] => [code, String(code)]),
		),
		one('flag', flags),
	),
	fc.constantFrom(
		'equal',
		'notEqual',
		'greaterThan',
		'greaterThanOrEqual',
		'lessThan',
		'lessThanOrEqual',
	),
	fc.nat(200),
);
/** Checks whether a cell meets an operator and a value. */
export const meetsOperator = (cell: any, operator: string, wanted: any): boolean => {
	if (!isFilled(cell)) return false;
	const greater = typeof cell !== 'boolean' && cell > wanted;
	if (operator === 'equal') return cell === wanted;
	if (operator === 'notEqual') return cell !== wanted;
	if (operator === 'greaterThan') return greater;
	if (operator === 'greaterThanOrEqual') return greater || cell === wanted;
	return operator === 'lessThan' ? !greater && cell !== wanted : !greater;
};
