import { toText } from './formatValue';
import { getOrCreate } from './maps';

/** A date of Luxon, as n8n's expressions give it, or of JavaScript. */
export const isDate = (value: unknown): boolean =>
	value instanceof Date ||
	typeof (value as { toISODate?: unknown } | null | undefined)?.toISODate === 'function';

/** A day, maybe with a time and a time zone, as JavaScript and databases write them: `2026-03-04 23:30:00+00`. */
const ISO_DATE =
	/^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?) ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** A time zone as JavaScript reads it; without one, UTC. */
function toOffset(zone: string | undefined): string {
	const [, hours, minutes = '00'] = /^([+-]\d{2}):?(\d{2})?$/.exec(zone ?? '') ?? [];
	return hours ? `${hours}:${minutes}` : 'Z';
}

/** `2026-3-4`, and ISO 8601's basic form, `20260304`. */
const ISO_DAY = /^(\d{4})(?:-(\d{1,2})-(\d{1,2})|(\d{2})(\d{2}))$/;
/** `4. 3. 2026`: with dots the day comes first, wherever dates are written so. */
const DOTTED_DAY = /^(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})$/;

/** A day as `2026-03-04`, in whichever of these forms it is written. Anything else as it is. */
function toExtendedForm(value: unknown): string {
	const text = toText(value).trim();
	if (typeof value !== 'string') return text;
	const [, ...dotted] = DOTTED_DAY.exec(text) ?? [];
	const [, ...iso] = ISO_DAY.exec(text) ?? [];
	const parts = dotted.length ? dotted.reverse() : iso.filter((part) => part !== undefined);
	return parts.length ? parts.map((part) => part.padStart(2, '0')).join('-') : text;
}

/** Whether a value is a day as Teamogy writes it, e.g. `2026-03-04`. */
export const isDay = (text: unknown): text is string =>
	typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text);

/** By their time zones: to make one takes longer than a hundred uses of it. */
const dayFormats = new Map<string, Intl.DateTimeFormat>();

const createDayFormat = (timeZone: string): Intl.DateTimeFormat =>
	new Intl.DateTimeFormat('en', {
		timeZone,
		era: 'short',
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
	});

/** The day of a moment in a time zone, without the year where it is one before Christ. */
function formatDay(date: Date, timeZone: string): string {
	const format = getOrCreate(dayFormats, timeZone, () => createDayFormat(timeZone));
	const parts = format.formatToParts(date).map(({ type, value }) => [type, value]);
	const { era, year, month, day } = Object.fromEntries(parts) as Record<string, string>;
	return `${era === 'AD' ? year.padStart(4, '0') : ''}-${month}-${day}`;
}

/**
 * The day of a date as Teamogy writes dates: YYYY-MM-DD (DOC). The date is an ISO text, a day with dots or a date
 * object. A date of Luxon has a time zone of its own; other dates with a zone are taken to the workflow's. Undefined
 * for anything else, and for a day without four digits of the year.
 */
export const toDay = (value: unknown, timeZone: string): string | undefined => {
	const { toISODate } = (value ?? {}) as { toISODate?: () => string | null };
	if (typeof toISODate === 'function') {
		const day = toISODate.call(value);
		return isDay(day) ? day : undefined;
	}
	const isValid = value instanceof Date && !Number.isNaN(value.getTime());
	const text = isValid ? value.toISOString() : toExtendedForm(value);
	const [, day, time = '00:00', zone] = ISO_DATE.exec(text) ?? [];
	const date = new Date(`${day}T${time.replace(',', '.')}${toOffset(zone)}`);
	if (!day || Number.isNaN(date.getTime())) return undefined;
	// `Date` takes 30 February for 2 March.
	if (!new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)) return undefined;
	// Without a zone the date was read as UTC. At 24:00 the next day begins.
	const shown = zone ? formatDay(date, timeZone) : date.toISOString().slice(0, 10);
	return isDay(shown) ? shown : undefined;
};
