import { MAX_DEPTH_INSPECTED } from '../common/depth';
import { isObjectOrList } from '../common/json';

/** Rows that are measured, about. */
const ROWS_MEASURED = 20;

/** About how many bytes of JSON a value takes. */
const estimateValue = (value: unknown, depth = 0): number => {
	if (typeof value === 'string') return value.length + 2;
	if (!isObjectOrList(value) || depth > MAX_DEPTH_INSPECTED) return 5;
	const names = Array.isArray(value) ? [] : Object.keys(value);
	return [...names, ...Object.values(value)].reduce<number>(
		(sum, part) => sum + estimateValue(part, depth + 1) + 1,
		2,
	);
};

/** About how many bytes of JSON rows take, from some of them: in time that does not grow with their number. */
export function estimateBytes(rows: object[]): number {
	const step = Math.ceil(rows.length / ROWS_MEASURED) || 1;
	const sample = rows.filter((_, index) => index % step === 0);
	return (estimateValue(sample) * rows.length) / (sample.length || 1);
}
