// src/decode.ts
var e = {
	u8: Uint8Array,
	i8: Int8Array,
	f32: Float32Array
};
function t(t) {
	let r = new DataView(t).getUint32(0, !0), i = JSON.parse(new TextDecoder().decode(new Uint8Array(t, 4, r))), a = 4 + r, o = {};
	for (let [r, s] of Object.entries(i.sections)) {
		let i = a + s.offset;
		o[r] = s.dtype === "f16" ? n(new Uint16Array(t, i, s.length)) : new e[s.dtype](t, i, s.length);
	}
	return {
		header: i,
		arrays: o
	};
}
function n(e) {
	return Float32Array.from(e, (e) => {
		let t = e & 32768 ? -1 : 1, n = e >> 10 & 31, r = e & 1023;
		return n === 31 ? r === 0 ? t * Infinity : NaN : n === 0 ? t * 2 ** -24 * r : t * 2 ** (n - 15) * (1 + r / 1024);
	});
}
function r(e) {
	let t = Math.round(Math.sqrt(e.length)), n = new Uint8Array(e.length);
	for (let r = 0; r < n.length; r++) {
		let i = r % t === 0 ? 0 : n[r - 1] ?? 0, a = r < t ? 0 : n[r - t] ?? 0, o = r % t === 0 || r < t ? 0 : n[r - t - 1] ?? 0;
		n[r] = (e[r] ?? 0) + i + a - o;
	}
	return n;
}
// src/dom.ts
function i(e, t = {}, ...n) {
	let r = document.createElement(e);
	for (let [e, n] of Object.entries(t)) typeof n == "function" ? r.addEventListener(e.slice(2), n) : n === !0 ? r.setAttribute(e, "") : n !== !1 && r.setAttribute(e, String(n));
	return r.append(...n), r;
}
function a(e, t) {
	e.textContent !== t && (e.textContent = t);
}
function o(e, t, n = "") {
	return i("label", { class: `ml-field ${n}` }, i("span", {}, e), t);
}
function s(e, t) {
	let n = i("select", { "aria-label": e });
	return n.addEventListener("change", () => t(n.value)), n;
}
function c(e, t, n) {
	let r = JSON.stringify(t);
	e.dataset.options !== r && (e.dataset.options = r, e.replaceChildren(...t.map(([e, t]) => i("option", { value: e }, t)))), e.value !== n && (e.value = n);
}
function l(e, t, n = {}) {
	return i("button", {
		type: "button",
		onclick: t,
		...n
	}, e);
}
// src/panels/bar.ts
var u = [
	["1", "1 per second"],
	["5", "5 per second"],
	["20", "20 per second"],
	["100", "100 per second"],
	["1000", "1000 per second"],
	["1000000", "as fast as possible"]
], d = [
	1e-4,
	.001,
	.003,
	.01,
	.03,
	.1,
	.3,
	.5,
	1,
	2,
	3,
	10
], f = [["0", "all points"], ...[
	1,
	5,
	10,
	20,
	50,
	100
].map((e) => [String(e), String(e)])];
function p(e, t) {
	let n = !1, r = l("Play", () => e({ type: n ? "pause" : "play" }), { class: "ml-play" }), p = l("Step", () => e({ type: "step" }), { title: "Make one training step" }), h = l("Reset", () => e({ type: "reset" }), { title: "Return to the same start" }), g = l("New seed", () => e({ type: "reseed" }), { title: "Draw new points and parameters" }), _ = l("Undo", () => e({ type: "undo" })), v = l("Redo", () => e({ type: "redo" })), y = i("span", { class: "ml-steps" }), b = s("Speed", (t) => e({
		type: "tune",
		speed: Number(t)
	})), x = s("Optimiser", (t) => e({
		type: "tune",
		optimizer: t
	})), S = s("Learning rate", (t) => e({
		type: "tune",
		rate: Number(t)
	})), C = s("Batch size", (t) => e({
		type: "tune",
		batch: Number(t)
	})), w = s("Loss", (t) => e({
		type: "tune",
		loss: t
	})), T = i("div", { class: "ml-fields" }, o("Speed", b), o("Loss", w), o("Optimiser", x), o("Rate", S), o("Batch", C));
	return {
		element: i("div", {
			class: "ml-bar",
			role: "group",
			"aria-label": "Training"
		}, i("div", { class: "ml-buttons" }, r, p, h, ...t ? [
			g,
			_,
			v
		] : []), y),
		fields: T,
		update(e) {
			let { header: t, menus: i } = e, { config: o } = t;
			n = t.playing, a(r, n ? "Pause" : "Play"), r.classList.toggle("ml-playing", n), a(y, `step ${t.step}`), _.disabled = !t.undo, v.disabled = !t.redo, c(b, m(u, String(o.speed)), String(o.speed)), c(x, i.optimizers.map((e) => [e, e]), o.optimizer), c(w, i.losses.map((e) => [e, e]), o.loss), c(S, m(d.map((e) => [String(e), String(e)]), String(o.rate)), String(o.rate)), c(C, m(f, String(o.batch)), String(o.batch));
		}
	};
}
function m(e, t) {
	return e.some(([e]) => e === t) ? e : [...e, [t, t]].sort((e, t) => Number(e[0]) - Number(t[0]));
}
// src/panel.ts
function h(e, t, ...n) {
	let r = i("div", { class: "ml-title" }, i("h2", {}, e), ...t);
	return i("section", {
		class: "ml-panel",
		"aria-label": e
	}, r, ...n);
}
// src/panels/data.ts
function g(e) {
	let t = s("Data set", (t) => e({
		type: "load",
		data: t
	})), n = y("Noise", 0, 1, .05, (t) => e({
		type: "load",
		noise: t
	})), r = y("Points", 10, 500, 10, (t) => e({
		type: "load",
		points: t
	})), a = y("Train share", .1, 1, .05, (t) => e({
		type: "load",
		train_share: t
	})), c = i("input", {
		type: "file",
		accept: ".csv,text/csv",
		hidden: !0,
		"aria-label": "CSV file"
	});
	c.addEventListener("change", () => {
		let t = c.files?.[0];
		t !== void 0 && _(t, e), c.value = "";
	});
	let u = l("Open a CSV…", () => c.click(), {
		title: "Or drop a file on the page. Its last column is the class.",
		class: "ml-quiet"
	});
	return {
		element: h("Data", [], o("Set", t), n.element, r.element, a.element, u, c),
		update(e) {
			let { config: i, answered: o } = e.header;
			v(t, e), n.show(i.noise, `${Math.round(100 * i.noise)} %`, o), r.show(i.points, String(i.points), o), a.show(i.train_share, `${Math.round(100 * i.train_share)} %`, o);
			let s = !["own", "breast-cancer"].includes(i.data);
			n.element.hidden = !s, r.element.hidden = !s, a.element.hidden = i.data === "own";
		}
	};
}
async function _(e, t) {
	t({
		type: "csv",
		text: (await e.slice(0, 8000004).text()).slice(0, 2000001),
		name: e.name.slice(0, 200)
	});
}
function v(e, t) {
	let n = { ...t.menus.data }, { data: r } = t.header.config;
	r === "own" && n.Own === void 0 && (n.Own = ["own"]);
	let a = JSON.stringify(n);
	e.dataset.groups !== a && (e.dataset.groups = a, e.replaceChildren(...Object.entries(n).map(([e, t]) => i("optgroup", { label: e }, ...t.map((e) => i("option", { value: e }, e)))))), e.value !== r && (e.value = r);
}
function y(e, t, n, r, a) {
	let o = i("input", {
		type: "range",
		min: t,
		max: n,
		step: r,
		"aria-label": e
	});
	o.setAttribute("data-lm-suppress-shortcuts", "");
	let s = i("span", { class: "ml-shown" }), c = 0;
	return o.addEventListener("change", () => {
		c = a(o.valueAsNumber);
	}), {
		element: i("label", { class: "ml-field ml-sliding" }, i("span", {}, e), o, s),
		show(e, t, n) {
			n >= c && (o.value = String(e)), s.textContent = t, o.setAttribute("aria-valuetext", t);
		}
	};
}
// src/curve.ts
var b = class {
	buffer = /* @__PURE__ */ new Float32Array(1024);
	length = 0;
	splice(e, t) {
		let n = e + t.length;
		if (n > this.buffer.length) {
			let t = new Float32Array(2 ** Math.ceil(Math.log2(n)));
			t.set(this.buffer.subarray(0, e)), this.buffer = t;
		}
		this.buffer.set(t, e), this.length = n;
	}
	get values() {
		return this.buffer.subarray(0, this.length);
	}
	at(e) {
		return e < this.length ? this.buffer[e] ?? NaN : NaN;
	}
}, x = /* @__PURE__ */ new Float32Array(), S = class {
	header;
	menus;
	leaves = [];
	axes;
	values = x;
	gradient = null;
	scores = x;
	losses = x;
	positions = x;
	labels = /* @__PURE__ */ new Int8Array();
	held = /* @__PURE__ */ new Uint8Array();
	heat = null;
	resolution = 0;
	line = null;
	ghost = null;
	ghostValues = null;
	pointLoss = null;
	sweep = null;
	surface = null;
	surfaceRange = null;
	path = x;
	link = "";
	file = null;
	train = new b();
	test = new b();
	fresh = /* @__PURE__ */ new Set();
	apply({ header: e, arrays: t }) {
		let n = (e) => t[e] ?? null;
		this.fresh = new Set(Object.keys(t));
		for (let t of [
			"menus",
			"leaves",
			"axes",
			"link"
		]) e[t] !== void 0 && this.fresh.add(t);
		this.header = e, this.menus = e.menus ?? this.menus, e.leaves !== void 0 && (this.leaves = e.leaves, [this.sweep, this.surface, this.path] = [
			null,
			null,
			x
		]), this.axes = e.axes ?? this.axes, this.file = t.file ?? null, this.link = e.link ?? this.link, this.values = n("values") ?? x, this.gradient = n("gradient"), this.scores = n("scores") ?? x, this.losses = n("losses") ?? x, this.positions = n("positions") ?? this.positions, this.labels = t.labels ?? this.labels, this.held = t.held ?? this.held;
		let i = (e) => {
			let n = t[e];
			return n === void 0 ? null : r(n);
		};
		this.heat = i("heat"), this.resolution = e.resolution, this.line = n("line"), this.pointLoss = e.config.loss === "own" ? null : n("point_loss") ?? this.pointLoss, this.sweep = n("sweep") ?? this.sweep, this.surface = n("surface") ?? this.surface, this.surfaceRange = e.surface ?? this.surfaceRange, this.path = n("path") ?? this.path, this.train.splice(e.curve, n("train_curve") ?? x), this.test.splice(e.curve, n("test_curve") ?? x), e.compared === void 0 ? (this.ghost = null, this.ghostValues = null) : (this.ghost = i("ghost") ?? this.ghost, this.ghostValues = n("ghost_values") ?? this.ghostValues);
	}
	knob(e) {
		for (let t of this.leaves) {
			if (t.offset === null) continue;
			let n = t.shape.reduce((e, t) => e * t, 1);
			if (e >= t.offset && e < t.offset + n) return {
				leaf: t,
				index: e - t.offset
			};
		}
		return null;
	}
	knobName(e) {
		let t = this.knob(e);
		return t === null ? "" : w(t.leaf, t.index);
	}
};
function C(e) {
	let t = (e.match(/(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^.'"])+/g) ?? [e]).at(-1) ?? e;
	return [e.slice(0, Math.max(0, e.length - t.length - 1)), t];
}
function w(e, t) {
	if (e.shape.length === 0) return e.name;
	let n = [], r = t;
	for (let t of [...e.shape].reverse()) n.unshift(r % t), r = Math.floor(r / t);
	return `${e.name}[${n.join(", ")}]`;
}
// src/numbers.ts
function T(e, t = 3) {
	if (e == null || Number.isNaN(e)) return "–";
	if (!Number.isFinite(e)) return e > 0 ? "∞" : "−∞";
	let n = Math.abs(e), r = Number(e.toPrecision(t));
	return (n !== 0 && (n < .001 || n >= 1e5) ? r.toExponential() : String(r)).replaceAll("-", "−");
}
function E(e, t = 3) {
	if (e == null || !Number.isFinite(e)) return "–";
	let n = Math.abs(e);
	return n >= 1e5 || n !== 0 && n < .5 * 10 ** -t ? T(e) : e.toFixed(t).replace("-", "−");
}
function ee(e) {
	let t = Number(e.toPrecision(4)), n = Math.abs(t);
	return n !== 0 && (n < .001 || n >= 1e6) ? t.toExponential() : String(t);
}
function te(e) {
	return e === null ? "–" : `${(100 * e).toFixed(e === 1 ? 0 : 1)} %`;
}
function ne(e) {
	let t = 1.25 * Math.abs(e);
	if (!(t > 2)) return 2;
	let n = 10 ** Math.floor(Math.log10(t));
	for (let e of [
		1,
		2,
		5
	]) if (e * n >= t) return e * n;
	return 10 * n;
}
// src/panels/knob.ts
var re = class {
	leaf;
	send;
	element;
	name = i("span", { class: "ml-knob-name" });
	range;
	number;
	downhill = i("span", { class: "ml-downhill" });
	ghost = i("span", {
		class: "ml-ghost",
		hidden: !0
	});
	span = 2;
	value = NaN;
	index;
	asked = 0;
	constructor(e, t, n, r) {
		this.leaf = e, this.send = n, this.index = t, this.range = i("input", {
			type: "range",
			step: "any",
			min: -2,
			max: 2,
			disabled: !r,
			"data-lm-suppress-shortcuts": !0
		}), this.number = i("input", {
			type: "number",
			step: "any",
			disabled: !r,
			"data-lm-suppress-shortcuts": !0
		}), this.element = i("div", { class: "ml-knob" }, this.name, i("span", { class: "ml-slider" }, this.range, this.ghost, this.downhill), this.number), this.choose(t), this.range.addEventListener("input", () => this.turn(this.range.valueAsNumber)), this.range.addEventListener("keydown", (e) => this.nudge(e)), this.number.addEventListener("change", () => {
			Number.isFinite(this.number.valueAsNumber) && this.turn(this.number.valueAsNumber);
		});
	}
	choose(e) {
		this.index = e;
		let t = w(this.leaf, e), [, n] = C(this.leaf.name);
		this.name.replaceChildren(i("span", {}, n), t.slice(this.leaf.name.length)), this.name.title = t, this.range.setAttribute("aria-label", t), this.number.setAttribute("aria-label", `${t}, number`), this.value = NaN;
	}
	get flat() {
		return (this.leaf.offset ?? 0) + this.index;
	}
	turn(e) {
		this.asked = this.send({
			type: "set",
			name: this.leaf.name,
			index: this.index,
			value: e
		});
	}
	nudge(e) {
		let t = {
			ArrowLeft: -1,
			ArrowDown: -1,
			ArrowRight: 1,
			ArrowUp: 1
		}[e.key];
		if (t === void 0) return;
		e.preventDefault();
		let n = this.span / 2 * (e.shiftKey ? .1 : .02), r = this.leaf.dtype.startsWith("float") ? n : Math.max(1, Math.round(n)), i = Number.isFinite(this.value) ? this.value : 0, a = Number((i + t * r).toPrecision(12));
		this.range.value = String(a), this.value = a, this.turn(a);
	}
	show(e, t, n, r) {
		t !== this.value && e >= this.asked && (this.value = t, this.adapt(t), Number.isFinite(t) && (this.range.value = String(t)), this.range.setAttribute("aria-valuetext", T(t)), this.number.matches(":focus") || (this.number.value = Number.isFinite(t) ? ee(t) : "")), this.ghost.hidden = r === null, r !== null && (this.ghost.style.left = this.place(r)), this.showDownhill(t, n);
	}
	adapt(e) {
		let t = ne(e);
		(Math.abs(e) > this.span || t * 4 < this.span) && Number.isFinite(t) && (this.span = t, this.range.min = String(-t), this.range.max = String(t));
	}
	place(e) {
		return `calc(7px + ${Math.min(1, Math.max(0, (e + this.span) / (2 * this.span))).toFixed(4)} * (100% - 14px))`;
	}
	showDownhill(e, t) {
		let { style: n } = this.downhill;
		if (t === null || !Number.isFinite(t) || t === 0) {
			n.visibility = "hidden";
			return;
		}
		let r = Math.min(48, 3 + 9 * Math.asinh(20 * Math.abs(t)));
		n.visibility = "visible", n.left = this.place(e), n.setProperty("--length", `${r.toFixed(1)}px`), this.downhill.classList.toggle("ml-left", t > 0);
		let i = `downhill: −∂L/∂θ = ${T(-t)}`;
		this.downhill.title !== i && (this.downhill.title = i);
	}
}, D = class {
	element = document.createElement("canvas");
	context;
	width = 0;
	height = 0;
	constructor(e, t) {
		let n = this.element.getContext("2d");
		if (n === null) throw Error("This browser cannot draw on a canvas.");
		this.context = n, this.element.setAttribute("role", "img"), this.element.setAttribute("aria-label", e), new ResizeObserver(() => {
			this.fit() && t();
		}).observe(this.element);
	}
	fit() {
		let { clientWidth: e, clientHeight: t } = this.element, n = window.devicePixelRatio, [r, i] = [Math.round(e * n), Math.round(t * n)];
		return r === this.element.width && i === this.element.height && this.width > 0 ? !1 : (this.element.width = r, this.element.height = i, this.width = e, this.height = t, !0);
	}
	begin() {
		if (this.width === 0 && this.fit(), this.width === 0 || this.height === 0) return null;
		let e = window.devicePixelRatio;
		return this.context.setTransform(e, 0, 0, e, 0, 0), this.context.clearRect(0, 0, this.width, this.height), this.context;
	}
};
// src/theme.ts
function ie() {
	let { classList: e, dataset: t } = document.body, n = t.jpThemeLight;
	return n === void 0 ? e.contains("dark") || e.contains("light") ? e.contains("dark") : matchMedia("(prefers-color-scheme: dark)").matches : n === "false";
}
function ae(e) {
	let t = getComputedStyle(e), n = (e) => t.getPropertyValue(e).trim();
	return {
		ink: n("--ink"),
		faint: n("--faint"),
		rule: n("--rule"),
		paper: n("--paper"),
		positive: n("--positive"),
		negative: n("--negative"),
		accent: n("--accent"),
		test: n("--test"),
		ramp: ce(n("--heat-negative"), n("--heat-zero"), n("--heat-positive"))
	};
}
function oe(e) {
	let t = (e - 128) / 127;
	return t * Math.abs(t);
}
function se(e) {
	return 128 + Math.round(127 * Math.sign(e) * Math.sqrt(Math.abs(e)));
}
function ce(e, t, n) {
	let [r, i, a] = [
		le(e),
		le(t),
		le(n)
	], o = /* @__PURE__ */ new Uint8ClampedArray(768);
	for (let e = 0; e < 256; e++) {
		let t = e === 128 ? 0 : .16 + .84 * Math.abs(oe(e)), n = e < 128 ? r : a;
		for (let r = 0; r < 3; r++) {
			let a = i[r] ?? 0;
			o[3 * e + r] = e === 0 ? 128 : a + t * ((n[r] ?? 0) - a);
		}
	}
	return o;
}
function le(e) {
	return [
		1,
		3,
		5
	].map((t) => Number.parseInt(e.slice(t, t + 2), 16));
}
// src/panels/matrix.ts
var ue = class {
	leaf;
	repaint;
	element;
	canvas;
	knob;
	rows;
	columns;
	chosen = 0;
	values = /* @__PURE__ */ new Float32Array();
	theme = null;
	constructor(e, t, n, r) {
		this.leaf = e, this.repaint = r;
		let a = e.shape.reduce((e, t) => e * t, 1);
		this.columns = e.shape.at(-1) ?? 1, this.rows = a / this.columns, this.knob = new re(e, 0, t, n), this.canvas = new D("", () => this.draw()), this.canvas.element.removeAttribute("role"), this.canvas.element.removeAttribute("aria-label"), this.canvas.element.setAttribute("aria-hidden", "true"), this.canvas.element.style.height = `${Math.min(120, Math.max(14, this.rows * 14))}px`;
		let o = i("div", {
			class: "ml-cells",
			tabindex: 0,
			role: "application"
		}, this.canvas.element);
		o.setAttribute("aria-label", `${e.name}, ${e.shape.join(" by ")}: arrow keys choose a number`), o.setAttribute("data-lm-suppress-shortcuts", ""), o.addEventListener("keydown", (e) => this.move(e)), o.addEventListener("pointerdown", (e) => this.point(e)), this.element = i("div", { class: "ml-matrix" }, o, this.knob.element);
	}
	get flat() {
		return this.knob.flat;
	}
	move(e) {
		let t = {
			ArrowLeft: [0, -1],
			ArrowRight: [0, 1],
			ArrowUp: [-1, 0],
			ArrowDown: [1, 0]
		}[e.key];
		if (t === void 0) return;
		e.preventDefault();
		let n = de(Math.floor(this.chosen / this.columns) + t[0], this.rows), r = de(this.chosen % this.columns + t[1], this.columns);
		this.choose(n * this.columns + r);
	}
	point(e) {
		let t = this.canvas.element.getBoundingClientRect(), n = de(Math.floor((e.clientX - t.left) / t.width * this.columns), this.columns), r = de(Math.floor((e.clientY - t.top) / t.height * this.rows), this.rows);
		this.choose(r * this.columns + n);
	}
	choose(e) {
		this.chosen = e, this.knob.choose(e), this.repaint();
	}
	show(e, t, n, r, i) {
		let a = this.leaf.offset ?? 0;
		this.values = t.subarray(a, a + this.rows * this.columns), this.theme = i;
		let o = a + this.chosen;
		this.knob.show(e, t[o] ?? 0, n?.[o] ?? null, r?.[o] ?? null), this.draw();
	}
	draw() {
		let e = this.canvas.begin();
		if (e === null || this.theme === null) return;
		let [t, n] = [this.canvas.width / this.columns, this.canvas.height / this.rows], r = +(Math.min(t, n) > 6), i = 1e-9;
		for (let e of this.values) Math.abs(e) > i && (i = Math.abs(e));
		for (let a = 0; a < this.values.length; a++) {
			let o = se((this.values[a] ?? 0) / i), [s, c, l] = [
				0,
				1,
				2
			].map((e) => this.theme?.ramp[3 * o + e] ?? 0);
			e.fillStyle = `rgb(${s} ${c} ${l})`;
			let [u, d] = [a % this.columns, Math.floor(a / this.columns)];
			e.fillRect(u * t, d * n, t - r, n - r), a === this.chosen && (e.strokeStyle = this.theme.ink, e.lineWidth = 1.5, e.strokeRect(u * t + .75, d * n + .75, t - r - 1.5, n - r - 1.5));
		}
	}
	get label() {
		return w(this.leaf, this.chosen);
	}
};
function de(e, t) {
	return Math.min(t - 1, Math.max(0, e));
}
// src/panels/knobs.ts
var fe = 40, pe = 4;
function me(e, t) {
	let n = i("div", { class: "ml-knobs" }), r = i("input", {
		type: "search",
		placeholder: "Find a parameter",
		"aria-label": "Find a parameter"
	});
	r.setAttribute("data-lm-suppress-shortcuts", "");
	let a = i("p", {
		class: "ml-hint",
		hidden: !0
	}, "No parameter has that name."), o = h("Parameters", [], r, n, a);
	o.classList.add("ml-parameters");
	let s = [], c = null;
	r.addEventListener("input", () => {
		let e = r.value.trim().toLowerCase(), t = 0;
		for (let n of s) n.element.hidden = !n.name.toLowerCase().includes(e), n.element.hidden || (t += 1);
		for (let t of n.querySelectorAll("details")) {
			let n = [...t.querySelectorAll(".ml-leaf")].some((e) => !e.hidden);
			t.hidden = !n, e !== "" && n && (t.open = !0);
		}
		a.hidden = t > 0;
	});
	function l(i) {
		let o = i.leaves.reduce((e, t) => e + t.shape.reduce((e, t) => e * t, 1), 0);
		r.hidden = o <= fe, r.value = "", a.hidden = !0, s = i.leaves.map((n) => he(n, e, t, u)), n.replaceChildren(...ge(s, o <= fe));
	}
	function u() {
		if (c !== null) for (let e of s) e.show(...c);
	}
	return {
		element: o,
		update(e, t) {
			e.fresh.has("leaves") && l(e), c = [e, t], u();
		}
	};
}
function he(e, t, n, r) {
	let a = e.shape.reduce((e, t) => e * t, 1), { name: o, offset: s } = e;
	if (s === null) return {
		name: o,
		element: i("p", { class: "ml-leaf ml-hint" }, `${o}: ${e.shape.join(" × ")} numbers, too many to turn by hand`),
		show: () => void 0
	};
	if (a <= pe) {
		let r = Array.from({ length: a }, (r, i) => new re(e, i, t, n));
		return {
			name: o,
			element: i("div", { class: "ml-leaf" }, ...r.map((e) => e.element)),
			show(e) {
				r.forEach((t, n) => {
					let r = s + n;
					t.show(e.header.answered, e.values[r] ?? 0, e.gradient?.[r] ?? null, e.ghostValues?.[r] ?? null);
				});
			}
		};
	}
	let c = new ue(e, t, n, r);
	return {
		name: o,
		element: i("div", { class: "ml-leaf" }, i("p", { class: "ml-leaf-name" }, C(o)[1], i("span", {}, e.shape.join(" × "))), c.element),
		show: (e, t) => c.show(e.header.answered, e.values, e.gradient, e.ghostValues, t)
	};
}
function ge(e, t) {
	let n = /* @__PURE__ */ new Map();
	for (let t of e) {
		let [e] = C(t.name);
		n.set(e, [...n.get(e) ?? [], t]);
	}
	let r = [], a = !0;
	for (let [e, o] of n) {
		let n = o.map((e) => e.element);
		e === "" ? r.push(...n) : (r.push(i("details", { open: t || a }, i("summary", { title: e }, e), ...n)), a = !1);
	}
	return r;
}
// src/panels/legend.ts
var _e = [
	["M13 8a5 5 0 1 1-10 0a5 5 0 1 1 10 0Z", "ml-positive"],
	["M3.5 3.5h9v9h-9Z", "ml-negative"],
	["M12.5 8a4.5 4.5 0 1 1-9 0a4.5 4.5 0 1 1 9 0Z", "ml-hollow"],
	["M4 4l8 8M12 4l-8 8", "ml-cross"],
	["M15 8a7 7 0 1 1-14 0a7 7 0 1 1 14 0Z", "ml-ring"]
];
function ve() {
	let e = _e.map(() => i("span"));
	return {
		element: i("ul", {
			class: "ml-marks",
			"aria-label": "Marks"
		}, ..._e.map(([t, n], r) => i("li", {}, ye(t, n), e[r] ?? ""))),
		update({ axes: t }) {
			let n = [
				t.classes[1],
				t.classes[0],
				"held back",
				"wrong",
				"loss"
			];
			e.forEach((e, t) => {
				e.textContent = n[t] ?? "";
			});
		}
	};
}
function ye(e, t) {
	let n = document.createElementNS("http://www.w3.org/2000/svg", "svg"), r = document.createElementNS("http://www.w3.org/2000/svg", "path");
	return r.setAttribute("d", e), r.setAttribute("class", t), n.setAttribute("viewBox", "0 0 16 16"), n.setAttribute("aria-hidden", "true"), n.append(r), n;
}
// src/panels/lesson.ts
function be(e) {
	let t = 0, n = i("span", { class: "ml-count" }), r = i("h2"), o = i("p"), s = i("p", { class: "ml-tries" }), c = l("Back", () => e({
		type: "lesson",
		index: t - 1
	})), u = l("Next", () => e({
		type: "lesson",
		index: t + 1
	}), { class: "ml-primary" }), d = l("Set up again", () => e({
		type: "lesson",
		index: t
	}), { class: "ml-quiet" }), f = l("Leave the lecture", () => e({
		type: "lesson",
		index: null
	}), { class: "ml-quiet" }), p = i("section", {
		class: "ml-lesson",
		"aria-label": "The lecture",
		hidden: !0
	}, i("div", { class: "ml-lesson-text" }, r, o, s), i("div", { class: "ml-buttons" }, n, c, u, d, f));
	return {
		element: p,
		update({ header: e, menus: i }) {
			let l = e.lesson;
			if (p.hidden = l === void 0, l === void 0) return;
			t = l;
			let d = i.lessons[l];
			a(n, `${l + 1} of ${i.lessons.length}`), a(r, d?.title ?? ""), a(o, d?.says ?? ""), a(s, d?.tries ?? ""), c.disabled = l === 0, u.disabled = l + 1 >= i.lessons.length;
		}
	};
}
// node_modules/d3-array/dist/d3-array.mjs
function xe(e, t) {
	return e == null || t == null ? NaN : e < t ? -1 : e > t ? 1 : e >= t ? 0 : NaN;
}
function Se(e, t) {
	return e == null || t == null ? NaN : t < e ? -1 : t > e ? 1 : t >= e ? 0 : NaN;
}
function Ce(e) {
	let t, n, r;
	e.length === 2 ? (t = e === xe || e === Se ? e : we, n = e, r = e) : (t = xe, n = (t, n) => xe(e(t), n), r = (t, n) => e(t) - n);
	function i(e, r, i = 0, a = e.length) {
		if (i < a) {
			if (t(r, r) !== 0) return a;
			do {
				let t = i + a >>> 1;
				n(e[t], r) < 0 ? i = t + 1 : a = t;
			} while (i < a);
		}
		return i;
	}
	function a(e, r, i = 0, a = e.length) {
		if (i < a) {
			if (t(r, r) !== 0) return a;
			do {
				let t = i + a >>> 1;
				n(e[t], r) <= 0 ? i = t + 1 : a = t;
			} while (i < a);
		}
		return i;
	}
	function o(e, t, n = 0, a = e.length) {
		let o = i(e, t, n, a - 1);
		return o > n && r(e[o - 1], t) > -r(e[o], t) ? o - 1 : o;
	}
	return {
		left: i,
		center: o,
		right: a
	};
}
function we() {
	return 0;
}
function Te(e) {
	return e === null ? NaN : +e;
}
var Ee = Ce(xe), De = Ee.right;
Ee.left, Ce(Te).center, Array.prototype.slice;
var Oe = Math.sqrt(50), ke = Math.sqrt(10), Ae = Math.sqrt(2);
function je(e, t, n) {
	let r = (t - e) / Math.max(0, n), i = Math.floor(Math.log10(r)), a = r / 10 ** i, o = a >= Oe ? 10 : a >= ke ? 5 : a >= Ae ? 2 : 1, s, c, l;
	return i < 0 ? (l = 10 ** -i / o, s = Math.round(e * l), c = Math.round(t * l), s / l < e && ++s, c / l > t && --c, l = -l) : (l = 10 ** i * o, s = Math.round(e / l), c = Math.round(t / l), s * l < e && ++s, c * l > t && --c), c < s && .5 <= n && n < 2 ? je(e, t, n * 2) : [
		s,
		c,
		l
	];
}
function Me(e, t, n) {
	if (t = +t, e = +e, n = +n, !(n > 0)) return [];
	if (e === t) return [e];
	let r = t < e, [i, a, o] = r ? je(t, e, n) : je(e, t, n);
	if (!(a >= i)) return [];
	let s = a - i + 1, c = Array(s);
	if (r) {
		if (o < 0) for (let e = 0; e < s; ++e) c[e] = (a - e) / -o;
		else for (let e = 0; e < s; ++e) c[e] = (a - e) * o;
	} else if (o < 0) for (let e = 0; e < s; ++e) c[e] = (i + e) / -o;
	else for (let e = 0; e < s; ++e) c[e] = (i + e) * o;
	return c;
}
function Ne(e, t, n) {
	return t = +t, e = +e, n = +n, je(e, t, n)[2];
}
function Pe(e, t, n) {
	t = +t, e = +e, n = +n;
	let r = t < e, i = r ? Ne(t, e, n) : Ne(e, t, n);
	return (r ? -1 : 1) * (i < 0 ? 1 / -i : i);
}
// node_modules/d3-color/dist/d3-color.mjs
function O(e, t, n) {
	e.prototype = t.prototype = n, n.constructor = e;
}
function k(e, t) {
	var n = Object.create(e.prototype);
	for (var r in t) n[r] = t[r];
	return n;
}
function A() {}
var j = .7, M = 1 / j, N = "\\s*([+-]?\\d+)\\s*", P = "\\s*([+-]?(?:\\d*\\.)?\\d+(?:[eE][+-]?\\d+)?)\\s*", F = "\\s*([+-]?(?:\\d*\\.)?\\d+(?:[eE][+-]?\\d+)?)%\\s*", Fe = /^#([0-9a-f]{3,8})$/, Ie = RegExp(`^rgb\\(${N},${N},${N}\\)$`), Le = RegExp(`^rgb\\(${F},${F},${F}\\)$`), Re = RegExp(`^rgba\\(${N},${N},${N},${P}\\)$`), ze = RegExp(`^rgba\\(${F},${F},${F},${P}\\)$`), Be = RegExp(`^hsl\\(${P},${F},${F}\\)$`), Ve = RegExp(`^hsla\\(${P},${F},${F},${P}\\)$`), He = {
	aliceblue: 15792383,
	antiquewhite: 16444375,
	aqua: 65535,
	aquamarine: 8388564,
	azure: 15794175,
	beige: 16119260,
	bisque: 16770244,
	black: 0,
	blanchedalmond: 16772045,
	blue: 255,
	blueviolet: 9055202,
	brown: 10824234,
	burlywood: 14596231,
	cadetblue: 6266528,
	chartreuse: 8388352,
	chocolate: 13789470,
	coral: 16744272,
	cornflowerblue: 6591981,
	cornsilk: 16775388,
	crimson: 14423100,
	cyan: 65535,
	darkblue: 139,
	darkcyan: 35723,
	darkgoldenrod: 12092939,
	darkgray: 11119017,
	darkgreen: 25600,
	darkgrey: 11119017,
	darkkhaki: 12433259,
	darkmagenta: 9109643,
	darkolivegreen: 5597999,
	darkorange: 16747520,
	darkorchid: 10040012,
	darkred: 9109504,
	darksalmon: 15308410,
	darkseagreen: 9419919,
	darkslateblue: 4734347,
	darkslategray: 3100495,
	darkslategrey: 3100495,
	darkturquoise: 52945,
	darkviolet: 9699539,
	deeppink: 16716947,
	deepskyblue: 49151,
	dimgray: 6908265,
	dimgrey: 6908265,
	dodgerblue: 2003199,
	firebrick: 11674146,
	floralwhite: 16775920,
	forestgreen: 2263842,
	fuchsia: 16711935,
	gainsboro: 14474460,
	ghostwhite: 16316671,
	gold: 16766720,
	goldenrod: 14329120,
	gray: 8421504,
	green: 32768,
	greenyellow: 11403055,
	grey: 8421504,
	honeydew: 15794160,
	hotpink: 16738740,
	indianred: 13458524,
	indigo: 4915330,
	ivory: 16777200,
	khaki: 15787660,
	lavender: 15132410,
	lavenderblush: 16773365,
	lawngreen: 8190976,
	lemonchiffon: 16775885,
	lightblue: 11393254,
	lightcoral: 15761536,
	lightcyan: 14745599,
	lightgoldenrodyellow: 16448210,
	lightgray: 13882323,
	lightgreen: 9498256,
	lightgrey: 13882323,
	lightpink: 16758465,
	lightsalmon: 16752762,
	lightseagreen: 2142890,
	lightskyblue: 8900346,
	lightslategray: 7833753,
	lightslategrey: 7833753,
	lightsteelblue: 11584734,
	lightyellow: 16777184,
	lime: 65280,
	limegreen: 3329330,
	linen: 16445670,
	magenta: 16711935,
	maroon: 8388608,
	mediumaquamarine: 6737322,
	mediumblue: 205,
	mediumorchid: 12211667,
	mediumpurple: 9662683,
	mediumseagreen: 3978097,
	mediumslateblue: 8087790,
	mediumspringgreen: 64154,
	mediumturquoise: 4772300,
	mediumvioletred: 13047173,
	midnightblue: 1644912,
	mintcream: 16121850,
	mistyrose: 16770273,
	moccasin: 16770229,
	navajowhite: 16768685,
	navy: 128,
	oldlace: 16643558,
	olive: 8421376,
	olivedrab: 7048739,
	orange: 16753920,
	orangered: 16729344,
	orchid: 14315734,
	palegoldenrod: 15657130,
	palegreen: 10025880,
	paleturquoise: 11529966,
	palevioletred: 14381203,
	papayawhip: 16773077,
	peachpuff: 16767673,
	peru: 13468991,
	pink: 16761035,
	plum: 14524637,
	powderblue: 11591910,
	purple: 8388736,
	rebeccapurple: 6697881,
	red: 16711680,
	rosybrown: 12357519,
	royalblue: 4286945,
	saddlebrown: 9127187,
	salmon: 16416882,
	sandybrown: 16032864,
	seagreen: 3050327,
	seashell: 16774638,
	sienna: 10506797,
	silver: 12632256,
	skyblue: 8900331,
	slateblue: 6970061,
	slategray: 7372944,
	slategrey: 7372944,
	snow: 16775930,
	springgreen: 65407,
	steelblue: 4620980,
	tan: 13808780,
	teal: 32896,
	thistle: 14204888,
	tomato: 16737095,
	turquoise: 4251856,
	violet: 15631086,
	wheat: 16113331,
	white: 16777215,
	whitesmoke: 16119285,
	yellow: 16776960,
	yellowgreen: 10145074
};
O(A, I, {
	copy(e) {
		return Object.assign(new this.constructor(), this, e);
	},
	displayable() {
		return this.rgb().displayable();
	},
	hex: Ue,
	formatHex: Ue,
	formatHex8: We,
	formatHsl: Ge,
	formatRgb: Ke,
	toString: Ke
});
function Ue() {
	return this.rgb().formatHex();
}
function We() {
	return this.rgb().formatHex8();
}
function Ge() {
	return nt(this).formatHsl();
}
function Ke() {
	return this.rgb().formatRgb();
}
function I(e) {
	var t, n;
	return e = (e + "").trim().toLowerCase(), (t = Fe.exec(e)) ? (n = t[1].length, t = parseInt(t[1], 16), n === 6 ? qe(t) : n === 3 ? new L(t >> 8 & 15 | t >> 4 & 240, t >> 4 & 15 | t & 240, (t & 15) << 4 | t & 15, 1) : n === 8 ? Je(t >> 24 & 255, t >> 16 & 255, t >> 8 & 255, (t & 255) / 255) : n === 4 ? Je(t >> 12 & 15 | t >> 8 & 240, t >> 8 & 15 | t >> 4 & 240, t >> 4 & 15 | t & 240, ((t & 15) << 4 | t & 15) / 255) : null) : (t = Ie.exec(e)) ? new L(t[1], t[2], t[3], 1) : (t = Le.exec(e)) ? new L(t[1] * 255 / 100, t[2] * 255 / 100, t[3] * 255 / 100, 1) : (t = Re.exec(e)) ? Je(t[1], t[2], t[3], t[4]) : (t = ze.exec(e)) ? Je(t[1] * 255 / 100, t[2] * 255 / 100, t[3] * 255 / 100, t[4]) : (t = Be.exec(e)) ? tt(t[1], t[2] / 100, t[3] / 100, 1) : (t = Ve.exec(e)) ? tt(t[1], t[2] / 100, t[3] / 100, t[4]) : He.hasOwnProperty(e) ? qe(He[e]) : e === "transparent" ? new L(NaN, NaN, NaN, 0) : null;
}
function qe(e) {
	return new L(e >> 16 & 255, e >> 8 & 255, e & 255, 1);
}
function Je(e, t, n, r) {
	return r <= 0 && (e = t = n = NaN), new L(e, t, n, r);
}
function Ye(e) {
	return e instanceof A || (e = I(e)), e ? (e = e.rgb(), new L(e.r, e.g, e.b, e.opacity)) : new L();
}
function Xe(e, t, n, r) {
	return arguments.length === 1 ? Ye(e) : new L(e, t, n, r ?? 1);
}
function L(e, t, n, r) {
	this.r = +e, this.g = +t, this.b = +n, this.opacity = +r;
}
O(L, Xe, k(A, {
	brighter(e) {
		return e = e == null ? M : M ** +e, new L(this.r * e, this.g * e, this.b * e, this.opacity);
	},
	darker(e) {
		return e = e == null ? j : j ** +e, new L(this.r * e, this.g * e, this.b * e, this.opacity);
	},
	rgb() {
		return this;
	},
	clamp() {
		return new L(R(this.r), R(this.g), R(this.b), et(this.opacity));
	},
	displayable() {
		return -.5 <= this.r && this.r < 255.5 && -.5 <= this.g && this.g < 255.5 && -.5 <= this.b && this.b < 255.5 && 0 <= this.opacity && this.opacity <= 1;
	},
	hex: Ze,
	formatHex: Ze,
	formatHex8: Qe,
	formatRgb: $e,
	toString: $e
}));
function Ze() {
	return `#${z(this.r)}${z(this.g)}${z(this.b)}`;
}
function Qe() {
	return `#${z(this.r)}${z(this.g)}${z(this.b)}${z((isNaN(this.opacity) ? 1 : this.opacity) * 255)}`;
}
function $e() {
	let e = et(this.opacity);
	return `${e === 1 ? "rgb(" : "rgba("}${R(this.r)}, ${R(this.g)}, ${R(this.b)}${e === 1 ? ")" : `, ${e})`}`;
}
function et(e) {
	return isNaN(e) ? 1 : Math.max(0, Math.min(1, e));
}
function R(e) {
	return Math.max(0, Math.min(255, Math.round(e) || 0));
}
function z(e) {
	return e = R(e), (e < 16 ? "0" : "") + e.toString(16);
}
function tt(e, t, n, r) {
	return r <= 0 ? e = t = n = NaN : n <= 0 || n >= 1 ? e = t = NaN : t <= 0 && (e = NaN), new B(e, t, n, r);
}
function nt(e) {
	if (e instanceof B) return new B(e.h, e.s, e.l, e.opacity);
	if (e instanceof A || (e = I(e)), !e) return new B();
	if (e instanceof B) return e;
	e = e.rgb();
	var t = e.r / 255, n = e.g / 255, r = e.b / 255, i = Math.min(t, n, r), a = Math.max(t, n, r), o = NaN, s = a - i, c = (a + i) / 2;
	return s ? (o = t === a ? (n - r) / s + (n < r) * 6 : n === a ? (r - t) / s + 2 : (t - n) / s + 4, s /= c < .5 ? a + i : 2 - a - i, o *= 60) : s = c > 0 && c < 1 ? 0 : o, new B(o, s, c, e.opacity);
}
function rt(e, t, n, r) {
	return arguments.length === 1 ? nt(e) : new B(e, t, n, r ?? 1);
}
function B(e, t, n, r) {
	this.h = +e, this.s = +t, this.l = +n, this.opacity = +r;
}
O(B, rt, k(A, {
	brighter(e) {
		return e = e == null ? M : M ** +e, new B(this.h, this.s, this.l * e, this.opacity);
	},
	darker(e) {
		return e = e == null ? j : j ** +e, new B(this.h, this.s, this.l * e, this.opacity);
	},
	rgb() {
		var e = this.h % 360 + (this.h < 0) * 360, t = isNaN(e) || isNaN(this.s) ? 0 : this.s, n = this.l, r = n + (n < .5 ? n : 1 - n) * t, i = 2 * n - r;
		return new L(ot(e >= 240 ? e - 240 : e + 120, i, r), ot(e, i, r), ot(e < 120 ? e + 240 : e - 120, i, r), this.opacity);
	},
	clamp() {
		return new B(it(this.h), at(this.s), at(this.l), et(this.opacity));
	},
	displayable() {
		return (0 <= this.s && this.s <= 1 || isNaN(this.s)) && 0 <= this.l && this.l <= 1 && 0 <= this.opacity && this.opacity <= 1;
	},
	formatHsl() {
		let e = et(this.opacity);
		return `${e === 1 ? "hsl(" : "hsla("}${it(this.h)}, ${at(this.s) * 100}%, ${at(this.l) * 100}%${e === 1 ? ")" : `, ${e})`}`;
	}
}));
function it(e) {
	return e = (e || 0) % 360, e < 0 ? e + 360 : e;
}
function at(e) {
	return Math.max(0, Math.min(1, e || 0));
}
function ot(e, t, n) {
	return (e < 60 ? t + (n - t) * e / 60 : e < 180 ? n : e < 240 ? t + (n - t) * (240 - e) / 60 : t) * 255;
}
var st = Math.PI / 180, ct = 180 / Math.PI, lt = 18, ut = .96422, dt = 1, ft = .82521, pt = 4 / 29, V = 6 / 29, mt = 3 * V * V, ht = V * V * V;
function gt(e) {
	if (e instanceof H) return new H(e.l, e.a, e.b, e.opacity);
	if (e instanceof U) return wt(e);
	e instanceof L || (e = Ye(e));
	var t = xt(e.r), n = xt(e.g), r = xt(e.b), i = vt((.2225045 * t + .7168786 * n + .0606169 * r) / dt), a, o;
	return t === n && n === r ? a = o = i : (a = vt((.4360747 * t + .3850649 * n + .1430804 * r) / ut), o = vt((.0139322 * t + .0971045 * n + .7141733 * r) / ft)), new H(116 * i - 16, 500 * (a - i), 200 * (i - o), e.opacity);
}
function _t(e, t, n, r) {
	return arguments.length === 1 ? gt(e) : new H(e, t, n, r ?? 1);
}
function H(e, t, n, r) {
	this.l = +e, this.a = +t, this.b = +n, this.opacity = +r;
}
O(H, _t, k(A, {
	brighter(e) {
		return new H(this.l + lt * (e ?? 1), this.a, this.b, this.opacity);
	},
	darker(e) {
		return new H(this.l - lt * (e ?? 1), this.a, this.b, this.opacity);
	},
	rgb() {
		var e = (this.l + 16) / 116, t = isNaN(this.a) ? e : e + this.a / 500, n = isNaN(this.b) ? e : e - this.b / 200;
		return t = ut * yt(t), e = dt * yt(e), n = ft * yt(n), new L(bt(3.1338561 * t - 1.6168667 * e - .4906146 * n), bt(-.9787684 * t + 1.9161415 * e + .033454 * n), bt(.0719453 * t - .2289914 * e + 1.4052427 * n), this.opacity);
	}
}));
function vt(e) {
	return e > ht ? e ** (1 / 3) : e / mt + pt;
}
function yt(e) {
	return e > V ? e * e * e : mt * (e - pt);
}
function bt(e) {
	return 255 * (e <= .0031308 ? 12.92 * e : 1.055 * e ** (1 / 2.4) - .055);
}
function xt(e) {
	return (e /= 255) <= .04045 ? e / 12.92 : ((e + .055) / 1.055) ** 2.4;
}
function St(e) {
	if (e instanceof U) return new U(e.h, e.c, e.l, e.opacity);
	if (e instanceof H || (e = gt(e)), e.a === 0 && e.b === 0) return new U(NaN, 0 < e.l && e.l < 100 ? 0 : NaN, e.l, e.opacity);
	var t = Math.atan2(e.b, e.a) * ct;
	return new U(t < 0 ? t + 360 : t, Math.sqrt(e.a * e.a + e.b * e.b), e.l, e.opacity);
}
function Ct(e, t, n, r) {
	return arguments.length === 1 ? St(e) : new U(e, t, n, r ?? 1);
}
function U(e, t, n, r) {
	this.h = +e, this.c = +t, this.l = +n, this.opacity = +r;
}
function wt(e) {
	if (isNaN(e.h)) return new H(e.l, 0, 0, e.opacity);
	var t = e.h * st;
	return new H(e.l, Math.cos(t) * e.c, Math.sin(t) * e.c, e.opacity);
}
O(U, Ct, k(A, {
	brighter(e) {
		return new U(this.h, this.c, this.l + lt * (e ?? 1), this.opacity);
	},
	darker(e) {
		return new U(this.h, this.c, this.l - lt * (e ?? 1), this.opacity);
	},
	rgb() {
		return wt(this).rgb();
	}
}));
var Tt = -.14861, Et = 1.78277, Dt = -.29227, Ot = -.90649, W = 1.97294, kt = W * Ot, At = W * Et, jt = Et * Dt - Ot * Tt;
function Mt(e) {
	if (e instanceof G) return new G(e.h, e.s, e.l, e.opacity);
	e instanceof L || (e = Ye(e));
	var t = e.r / 255, n = e.g / 255, r = e.b / 255, i = (jt * r + kt * t - At * n) / (jt + kt - At), a = r - i, o = (W * (n - i) - Dt * a) / Ot, s = Math.sqrt(o * o + a * a) / (W * i * (1 - i)), c = s ? Math.atan2(o, a) * ct - 120 : NaN;
	return new G(c < 0 ? c + 360 : c, s, i, e.opacity);
}
function Nt(e, t, n, r) {
	return arguments.length === 1 ? Mt(e) : new G(e, t, n, r ?? 1);
}
function G(e, t, n, r) {
	this.h = +e, this.s = +t, this.l = +n, this.opacity = +r;
}
O(G, Nt, k(A, {
	brighter(e) {
		return e = e == null ? M : M ** +e, new G(this.h, this.s, this.l * e, this.opacity);
	},
	darker(e) {
		return e = e == null ? j : j ** +e, new G(this.h, this.s, this.l * e, this.opacity);
	},
	rgb() {
		var e = isNaN(this.h) ? 0 : (this.h + 120) * st, t = +this.l, n = isNaN(this.s) ? 0 : this.s * t * (1 - t), r = Math.cos(e), i = Math.sin(e);
		return new L(255 * (t + n * (Tt * r + Et * i)), 255 * (t + n * (Dt * r + Ot * i)), 255 * (t + W * r * n), this.opacity);
	}
}));
var Pt = (e) => () => e;
function Ft(e, t) {
	return function(n) {
		return e + n * t;
	};
}
function It(e, t, n) {
	return e **= +n, t = t ** +n - e, n = 1 / n, function(r) {
		return (e + r * t) ** +n;
	};
}
function Lt(e, t) {
	var n = t - e;
	return n ? Ft(e, n > 180 || n < -180 ? n - 360 * Math.round(n / 360) : n) : Pt(isNaN(e) ? t : e);
}
function Rt(e) {
	return (e = +e) == 1 ? K : function(t, n) {
		return n - t ? It(t, n, e) : Pt(isNaN(t) ? n : t);
	};
}
function K(e, t) {
	var n = t - e;
	return n ? Ft(e, n) : Pt(isNaN(e) ? t : e);
}
var zt = (function e(t) {
	var n = Rt(t);
	function r(e, t) {
		var r = n((e = Xe(e)).r, (t = Xe(t)).r), i = n(e.g, t.g), a = n(e.b, t.b), o = K(e.opacity, t.opacity);
		return function(t) {
			return e.r = r(t), e.g = i(t), e.b = a(t), e.opacity = o(t), e + "";
		};
	}
	return r.gamma = e, r;
})(1);
function Bt(e, t) {
	t ||= [];
	var n = e ? Math.min(t.length, e.length) : 0, r = t.slice(), i;
	return function(a) {
		for (i = 0; i < n; ++i) r[i] = e[i] * (1 - a) + t[i] * a;
		return r;
	};
}
function Vt(e) {
	return ArrayBuffer.isView(e) && !(e instanceof DataView);
}
function Ht(e, t) {
	for (var n = t ? t.length : 0, r = e ? Math.min(n, e.length) : 0, i = Array(r), a = Array(n), o = 0; o < r; ++o) i[o] = Zt(e[o], t[o]);
	for (; o < n; ++o) a[o] = t[o];
	return function(e) {
		for (o = 0; o < r; ++o) a[o] = i[o](e);
		return a;
	};
}
function Ut(e, t) {
	var n = /* @__PURE__ */ new Date();
	return e = +e, t = +t, function(r) {
		return n.setTime(e * (1 - r) + t * r), n;
	};
}
function Wt(e, t) {
	return e = +e, t = +t, function(n) {
		return e * (1 - n) + t * n;
	};
}
function Gt(e, t) {
	var n = {}, r = {}, i;
	for (i in typeof e == "object" && e || (e = {}), typeof t == "object" && t || (t = {}), t) i in e ? n[i] = Zt(e[i], t[i]) : r[i] = t[i];
	return function(e) {
		for (i in n) r[i] = n[i](e);
		return r;
	};
}
var Kt = /[-+]?(?:\d+\.?\d*|\.?\d+)(?:[eE][-+]?\d+)?/g, qt = new RegExp(Kt.source, "g");
function Jt(e) {
	return function() {
		return e;
	};
}
function Yt(e) {
	return function(t) {
		return e(t) + "";
	};
}
function Xt(e, t) {
	var n = Kt.lastIndex = qt.lastIndex = 0, r, i, a, o = -1, s = [], c = [];
	for (e += "", t += ""; (r = Kt.exec(e)) && (i = qt.exec(t));) (a = i.index) > n && (a = t.slice(n, a), s[o] ? s[o] += a : s[++o] = a), (r = r[0]) === (i = i[0]) ? s[o] ? s[o] += i : s[++o] = i : (s[++o] = null, c.push({
		i: o,
		x: Wt(r, i)
	})), n = qt.lastIndex;
	return n < t.length && (a = t.slice(n), s[o] ? s[o] += a : s[++o] = a), s.length < 2 ? c[0] ? Yt(c[0].x) : Jt(t) : (t = c.length, function(e) {
		for (var n = 0, r; n < t; ++n) s[(r = c[n]).i] = r.x(e);
		return s.join("");
	});
}
function Zt(e, t) {
	var n = typeof t, r;
	return t == null || n === "boolean" ? Pt(t) : (n === "number" ? Wt : n === "string" ? (r = I(t)) ? (t = r, zt) : Xt : t instanceof I ? zt : t instanceof Date ? Ut : Vt(t) ? Bt : Array.isArray(t) ? Ht : typeof t.valueOf != "function" && typeof t.toString != "function" || isNaN(t) ? Gt : Wt)(e, t);
}
function Qt(e, t) {
	return e = +e, t = +t, function(n) {
		return Math.round(e * (1 - n) + t * n);
	};
}
var $t = 1e-12;
function en(e) {
	return ((e = Math.exp(e)) + 1 / e) / 2;
}
function tn(e) {
	return ((e = Math.exp(e)) - 1 / e) / 2;
}
function nn(e) {
	return ((e = Math.exp(2 * e)) - 1) / (e + 1);
}
(function e(t, n, r) {
	function i(e, i) {
		var a = e[0], o = e[1], s = e[2], c = i[0], l = i[1], u = i[2], d = c - a, f = l - o, p = d * d + f * f, m, h;
		if (p < $t) h = Math.log(u / s) / t, m = function(e) {
			return [
				a + e * d,
				o + e * f,
				s * Math.exp(t * e * h)
			];
		};
		else {
			var g = Math.sqrt(p), _ = (u * u - s * s + r * p) / (2 * s * n * g), v = (u * u - s * s - r * p) / (2 * u * n * g), y = Math.log(Math.sqrt(_ * _ + 1) - _);
			h = (Math.log(Math.sqrt(v * v + 1) - v) - y) / t, m = function(e) {
				var r = e * h, i = en(y), c = s / (n * g) * (i * nn(t * r + y) - tn(y));
				return [
					a + c * d,
					o + c * f,
					s * i / en(t * r + y)
				];
			};
		}
		return m.duration = Math.abs(h) * 1e3 * t / Math.SQRT2, m;
	}
	return i.rho = function(t) {
		var n = Math.max(.001, +t), r = n * n;
		return e(n, r, r * r);
	}, i;
})(Math.SQRT2, 2, 4);
function rn(e) {
	return (function t(n) {
		n = +n;
		function r(t, r) {
			var i = e((t = Nt(t)).h, (r = Nt(r)).h), a = K(t.s, r.s), o = K(t.l, r.l), s = K(t.opacity, r.opacity);
			return function(e) {
				return t.h = i(e), t.s = a(e), t.l = o(e ** +n), t.opacity = s(e), t + "";
			};
		}
		return r.gamma = t, r;
	})(1);
}
rn(Lt), rn(K);
// node_modules/d3-format/dist/d3-format.mjs
function an(e) {
	return Math.abs(e = Math.round(e)) >= 1e21 ? e.toLocaleString("en").replace(/,/g, "") : e.toString(10);
}
function on(e, t) {
	if (!isFinite(e) || e === 0) return null;
	var n = (e = t ? e.toExponential(t - 1) : e.toExponential()).indexOf("e"), r = e.slice(0, n);
	return [r.length > 1 ? r[0] + r.slice(2) : r, +e.slice(n + 1)];
}
function q(e) {
	return e = on(Math.abs(e)), e ? e[1] : NaN;
}
function sn(e, t) {
	return function(n, r) {
		for (var i = n.length, a = [], o = 0, s = e[0], c = 0; i > 0 && s > 0 && (c + s + 1 > r && (s = Math.max(1, r - c)), a.push(n.substring(i -= s, i + s)), !((c += s + 1) > r));) s = e[o = (o + 1) % e.length];
		return a.reverse().join(t);
	};
}
function cn(e) {
	return function(t) {
		return t.replace(/[0-9]/g, function(t) {
			return e[+t];
		});
	};
}
var ln = /^(?:(.)?([<>=^]))?([+\-( ])?([$#])?(0)?(\d+)?(,)?(\.\d+)?(~)?([a-z%])?$/i;
function un(e) {
	if (!(t = ln.exec(e))) throw Error("invalid format: " + e);
	var t;
	return new dn({
		fill: t[1],
		align: t[2],
		sign: t[3],
		symbol: t[4],
		zero: t[5],
		width: t[6],
		comma: t[7],
		precision: t[8] && t[8].slice(1),
		trim: t[9],
		type: t[10]
	});
}
un.prototype = dn.prototype;
function dn(e) {
	this.fill = e.fill === void 0 ? " " : e.fill + "", this.align = e.align === void 0 ? ">" : e.align + "", this.sign = e.sign === void 0 ? "-" : e.sign + "", this.symbol = e.symbol === void 0 ? "" : e.symbol + "", this.zero = !!e.zero, this.width = e.width === void 0 ? void 0 : +e.width, this.comma = !!e.comma, this.precision = e.precision === void 0 ? void 0 : +e.precision, this.trim = !!e.trim, this.type = e.type === void 0 ? "" : e.type + "";
}
dn.prototype.toString = function() {
	return this.fill + this.align + this.sign + this.symbol + (this.zero ? "0" : "") + (this.width === void 0 ? "" : Math.max(1, this.width | 0)) + (this.comma ? "," : "") + (this.precision === void 0 ? "" : "." + Math.max(0, this.precision | 0)) + (this.trim ? "~" : "") + this.type;
};
function fn(e) {
	out: for (var t = e.length, n = 1, r = -1, i; n < t; ++n) switch (e[n]) {
		case ".":
			r = i = n;
			break;
		case "0":
			r === 0 && (r = n), i = n;
			break;
		default:
			if (!+e[n]) break out;
			r > 0 && (r = 0);
	}
	return r > 0 ? e.slice(0, r) + e.slice(i + 1) : e;
}
var pn;
function mn(e, t) {
	var n = on(e, t);
	if (!n) return pn = void 0, e.toPrecision(t);
	var r = n[0], i = n[1], a = i - (pn = Math.max(-8, Math.min(8, Math.floor(i / 3))) * 3) + 1, o = r.length;
	return a === o ? r : a > o ? r + Array(a - o + 1).join("0") : a > 0 ? r.slice(0, a) + "." + r.slice(a) : "0." + Array(1 - a).join("0") + on(e, Math.max(0, t + a - 1))[0];
}
function hn(e, t) {
	var n = on(e, t);
	if (!n) return e + "";
	var r = n[0], i = n[1];
	return i < 0 ? "0." + Array(-i).join("0") + r : r.length > i + 1 ? r.slice(0, i + 1) + "." + r.slice(i + 1) : r + Array(i - r.length + 2).join("0");
}
var gn = {
	"%": (e, t) => (e * 100).toFixed(t),
	b: (e) => Math.round(e).toString(2),
	c: (e) => e + "",
	d: an,
	e: (e, t) => e.toExponential(t),
	f: (e, t) => e.toFixed(t),
	g: (e, t) => e.toPrecision(t),
	o: (e) => Math.round(e).toString(8),
	p: (e, t) => hn(e * 100, t),
	r: hn,
	s: mn,
	X: (e) => Math.round(e).toString(16).toUpperCase(),
	x: (e) => Math.round(e).toString(16)
};
function _n(e) {
	return e;
}
var vn = Array.prototype.map, yn = [
	"y",
	"z",
	"a",
	"f",
	"p",
	"n",
	"µ",
	"m",
	"",
	"k",
	"M",
	"G",
	"T",
	"P",
	"E",
	"Z",
	"Y"
];
function bn(e) {
	var t = e.grouping === void 0 || e.thousands === void 0 ? _n : sn(vn.call(e.grouping, Number), e.thousands + ""), n = e.currency === void 0 ? "" : e.currency[0] + "", r = e.currency === void 0 ? "" : e.currency[1] + "", i = e.decimal === void 0 ? "." : e.decimal + "", a = e.numerals === void 0 ? _n : cn(vn.call(e.numerals, String)), o = e.percent === void 0 ? "%" : e.percent + "", s = e.minus === void 0 ? "−" : e.minus + "", c = e.nan === void 0 ? "NaN" : e.nan + "";
	function l(e, l) {
		e = un(e);
		var u = e.fill, d = e.align, f = e.sign, p = e.symbol, m = e.zero, h = e.width, g = e.comma, _ = e.precision, v = e.trim, y = e.type;
		y === "n" ? (g = !0, y = "g") : gn[y] || (_ === void 0 && (_ = 12), v = !0, y = "g"), (m || u === "0" && d === "=") && (m = !0, u = "0", d = "=");
		var b = (l && l.prefix !== void 0 ? l.prefix : "") + (p === "$" ? n : p === "#" && /[boxX]/.test(y) ? "0" + y.toLowerCase() : ""), x = (p === "$" ? r : /[%p]/.test(y) ? o : "") + (l && l.suffix !== void 0 ? l.suffix : ""), S = gn[y], C = /[defgprs%]/.test(y);
		_ = _ === void 0 ? 6 : /[gprs]/.test(y) ? Math.max(1, Math.min(21, _)) : Math.max(0, Math.min(20, _));
		function w(e) {
			var n = b, r = x, o, l, p;
			if (y === "c") r = S(e) + r, e = "";
			else {
				e = +e;
				var w = e < 0 || 1 / e < 0;
				if (e = isNaN(e) ? c : S(Math.abs(e), _), v && (e = fn(e)), w && +e == 0 && f !== "+" && (w = !1), n = (w ? f === "(" ? f : s : f === "-" || f === "(" ? "" : f) + n, r = (y === "s" && !isNaN(e) && pn !== void 0 ? yn[8 + pn / 3] : "") + r + (w && f === "(" ? ")" : ""), C) {
					for (o = -1, l = e.length; ++o < l;) if (p = e.charCodeAt(o), 48 > p || p > 57) {
						r = (p === 46 ? i + e.slice(o + 1) : e.slice(o)) + r, e = e.slice(0, o);
						break;
					}
				}
			}
			g && !m && (e = t(e, Infinity));
			var T = n.length + e.length + r.length, E = T < h ? Array(h - T + 1).join(u) : "";
			switch (g && m && (e = t(E + e, E.length ? h - r.length : Infinity), E = ""), d) {
				case "<":
					e = n + e + r + E;
					break;
				case "=":
					e = n + E + e + r;
					break;
				case "^":
					e = E.slice(0, T = E.length >> 1) + n + e + r + E.slice(T);
					break;
				default: e = E + n + e + r;
			}
			return a(e);
		}
		return w.toString = function() {
			return e + "";
		}, w;
	}
	function u(e, t) {
		var n = Math.max(-8, Math.min(8, Math.floor(q(t) / 3))) * 3, r = 10 ** -n, i = l((e = un(e), e.type = "f", e), { suffix: yn[8 + n / 3] });
		return function(e) {
			return i(r * e);
		};
	}
	return {
		format: l,
		formatPrefix: u
	};
}
var xn, Sn, Cn;
wn({
	thousands: ",",
	grouping: [3],
	currency: ["$", ""]
});
function wn(e) {
	return xn = bn(e), Sn = xn.format, Cn = xn.formatPrefix, xn;
}
function Tn(e) {
	return Math.max(0, -q(Math.abs(e)));
}
function En(e, t) {
	return Math.max(0, Math.max(-8, Math.min(8, Math.floor(q(t) / 3))) * 3 - q(Math.abs(e)));
}
function Dn(e, t) {
	return e = Math.abs(e), t = Math.abs(t) - e, Math.max(0, q(t) - q(e)) + 1;
}
// node_modules/d3-scale/dist/d3-scale.mjs
function On(e, t) {
	switch (arguments.length) {
		case 0: break;
		case 1:
			this.range(e);
			break;
		default: this.range(t).domain(e);
	}
	return this;
}
function kn(e) {
	return function() {
		return e;
	};
}
function An(e) {
	return +e;
}
var jn = [0, 1];
function J(e) {
	return e;
}
function Mn(e, t) {
	return (t -= e = +e) ? function(n) {
		return (n - e) / t;
	} : kn(isNaN(t) ? NaN : .5);
}
function Nn(e, t) {
	var n;
	return e > t && (n = e, e = t, t = n), function(n) {
		return Math.max(e, Math.min(t, n));
	};
}
function Pn(e, t, n) {
	var r = e[0], i = e[1], a = t[0], o = t[1];
	return i < r ? (r = Mn(i, r), a = n(o, a)) : (r = Mn(r, i), a = n(a, o)), function(e) {
		return a(r(e));
	};
}
function Fn(e, t, n) {
	var r = Math.min(e.length, t.length) - 1, i = Array(r), a = Array(r), o = -1;
	for (e[r] < e[0] && (e = e.slice().reverse(), t = t.slice().reverse()); ++o < r;) i[o] = Mn(e[o], e[o + 1]), a[o] = n(t[o], t[o + 1]);
	return function(t) {
		var n = De(e, t, 1, r) - 1;
		return a[n](i[n](t));
	};
}
function In(e, t) {
	return t.domain(e.domain()).range(e.range()).interpolate(e.interpolate()).clamp(e.clamp()).unknown(e.unknown());
}
function Ln() {
	var e = jn, t = jn, n = Zt, r, i, a, o = J, s, c, l;
	function u() {
		var n = Math.min(e.length, t.length);
		return o !== J && (o = Nn(e[0], e[n - 1])), s = n > 2 ? Fn : Pn, c = l = null, d;
	}
	function d(i) {
		return i == null || isNaN(i = +i) ? a : (c ||= s(e.map(r), t, n))(r(o(i)));
	}
	return d.invert = function(n) {
		return o(i((l ||= s(t, e.map(r), Wt))(n)));
	}, d.domain = function(t) {
		return arguments.length ? (e = Array.from(t, An), u()) : e.slice();
	}, d.range = function(e) {
		return arguments.length ? (t = Array.from(e), u()) : t.slice();
	}, d.rangeRound = function(e) {
		return t = Array.from(e), n = Qt, u();
	}, d.clamp = function(e) {
		return arguments.length ? (o = e ? !0 : J, u()) : o !== J;
	}, d.interpolate = function(e) {
		return arguments.length ? (n = e, u()) : n;
	}, d.unknown = function(e) {
		return arguments.length ? (a = e, d) : a;
	}, function(e, t) {
		return r = e, i = t, u();
	};
}
function Rn() {
	return Ln()(J, J);
}
function zn(e, t, n, r) {
	var i = Pe(e, t, n), a;
	switch (r = un(r ?? ",f"), r.type) {
		case "s":
			var o = Math.max(Math.abs(e), Math.abs(t));
			return r.precision == null && !isNaN(a = En(i, o)) && (r.precision = a), Cn(r, o);
		case "":
		case "e":
		case "g":
		case "p":
		case "r":
			r.precision == null && !isNaN(a = Dn(i, Math.max(Math.abs(e), Math.abs(t)))) && (r.precision = a - (r.type === "e"));
			break;
		case "f":
		case "%": r.precision == null && !isNaN(a = Tn(i)) && (r.precision = a - (r.type === "%") * 2);
	}
	return Sn(r);
}
function Bn(e) {
	var t = e.domain;
	return e.ticks = function(e) {
		var n = t();
		return Me(n[0], n[n.length - 1], e ?? 10);
	}, e.tickFormat = function(e, n) {
		var r = t();
		return zn(r[0], r[r.length - 1], e ?? 10, n);
	}, e.nice = function(n) {
		n ??= 10;
		var r = t(), i = 0, a = r.length - 1, o = r[i], s = r[a], c, l, u = 10;
		for (s < o && (l = o, o = s, s = l, l = i, i = a, a = l); u-- > 0;) {
			if (l = Ne(o, s, n), l === c) return r[i] = o, r[a] = s, t(r);
			if (l > 0) o = Math.floor(o / l) * l, s = Math.ceil(s / l) * l;
			else if (l < 0) o = Math.ceil(o * l) / l, s = Math.floor(s * l) / l;
			else break;
			c = l;
		}
		return e;
	}, e;
}
function Y() {
	var e = Rn();
	return e.copy = function() {
		return In(e, Y());
	}, On.apply(e, arguments), Bn(e);
}
// src/drawing/plot.ts
function Vn(e, t, [n, r], [i, a], o, s = !1) {
	let { width: c, height: l, left: u, bottom: d, top: f, right: p } = t, m = Y([n, r], [u, c - p]), h = Y([i, a], [l - d, f]);
	e.font = "11px system-ui, sans-serif", e.fillStyle = o.faint, e.strokeStyle = o.rule, e.lineWidth = 1, e.beginPath(), e.moveTo(u, Math.round(h(i)) + .5), e.lineTo(c - p, Math.round(h(i)) + .5), e.stroke(), e.textBaseline = "top", e.textAlign = "center";
	for (let t of m.ticks(5)) {
		if (s && !Number.isInteger(t)) continue;
		let n = m(t) > c - 14;
		e.textAlign = n ? "right" : "center", e.fillText(T(t), n ? c : m(t), h(i) + 5);
	}
	e.textAlign = "right", e.textBaseline = "middle";
	for (let t of h.ticks(3)) e.fillText(T(t), u - 6, h(t));
	return {
		x: m,
		y: h
	};
}
function Hn(e, t, n) {
	e.beginPath();
	let r = !1;
	for (let i = 0; i < t; i++) {
		let [t, a] = n(i);
		!Number.isFinite(t) || !Number.isFinite(a) ? r = !1 : r ? e.lineTo(t, a) : (e.moveTo(t, a), r = !0);
	}
	e.stroke();
}
function Un(e, t = Infinity) {
	let [n, r] = [t, -Infinity];
	for (let t of e) Number.isFinite(t) && (t < n && (n = t), t > r && (r = t));
	if (!(n <= r)) return [0, 1];
	let i = r > n ? .05 * (r - n) : .5;
	return [n === t ? n : n - i, r + i];
}
// src/panels/margin.ts
function Wn() {
	let e = null, t = null, n = new D("Point loss against margin, one mark for each point", a), r = h("Point loss", [i("span", { class: "ml-hint" }, "against the margin y·m(x)")], n.element);
	function a() {
		let r = n.begin();
		if (r === null || e === null || t === null) return;
		let { pointLoss: i, labels: a, scores: o, losses: s, held: c } = e, l = i === null ? 4 : Math.max(1.5, Math.min(6, Math.max(...i))), { x: u, y: d } = Vn(r, {
			width: n.width,
			height: n.height,
			left: 34,
			right: 8,
			top: 16,
			bottom: 20
		}, [-3, 3], [0, l], t);
		if (r.strokeStyle = t.rule, r.beginPath(), r.moveTo(u(0), d(0)), r.lineTo(u(0), d(l)), r.stroke(), r.save(), r.beginPath(), r.rect(30, 4, n.width - 34, n.height - 22), r.clip(), i !== null) {
			r.strokeStyle = t.accent, r.lineWidth = 2;
			let e = i.length - 1;
			Hn(r, i.length, (t) => [u(3 - 6 * t / e), d(i[t] ?? 0)]);
		}
		r.globalAlpha = .75;
		for (let e = 0; e < a.length; e++) {
			if (c[e]) continue;
			let n = a[e] ?? 0, i = u(Math.min(3, Math.max(-3, n * (o[e] ?? 0)))), f = d(Math.min(l, s[e] ?? 0));
			r.fillStyle = n > 0 ? t.positive : t.negative, r.beginPath(), n > 0 ? r.arc(i, f, 3, 0, 2 * Math.PI) : r.rect(i - 2.7, f - 2.7, 5.4, 5.4), r.fill();
		}
		r.restore();
	}
	return {
		element: r,
		update(n, r) {
			e = n, t = r, a();
		}
	};
}
// src/panels/model.ts
var Gn = 128, Kn = 6;
function qn(e) {
	let t = s("Model", (t) => e({
		type: "build",
		model: t
	})), n = i("div", {
		class: "ml-layers",
		role: "group",
		"aria-label": "Hidden layers"
	});
	return {
		element: h("Model", [], o("Kind", t), n),
		update({ header: r, menus: i }) {
			let { config: a } = r;
			c(t, i.models.map((e) => [e, e]), a.model), n.hidden = a.model !== "mlp";
			let o = JSON.stringify([a.hidden, a.activations]);
			n.dataset.key !== o && (n.dataset.key = o, n.replaceChildren(...a.hidden.map((t, n) => Jn(n, t, a, i.activations, e)), l("Add a layer", () => e({
				type: "build",
				hidden: [...a.hidden, 8],
				activations: [...a.activations, a.activations.at(-1) ?? "relu"]
			}), {
				disabled: a.hidden.length >= Kn,
				class: "ml-quiet"
			})));
		}
	};
}
function Jn(e, t, n, r, a) {
	let { hidden: o, activations: u } = n, d = i("input", {
		type: "number",
		min: 1,
		max: Gn,
		value: t,
		"aria-label": `Width of layer ${e + 1}`
	});
	d.setAttribute("data-lm-suppress-shortcuts", ""), d.addEventListener("change", () => {
		let n = Math.min(Gn, Math.max(1, Math.round(d.valueAsNumber || t)));
		a({
			type: "build",
			hidden: o.with(e, n)
		});
	});
	let f = s(`Activation of layer ${e + 1}`, (t) => a({
		type: "build",
		activations: u.with(e, t)
	}));
	return c(f, r.map((e) => [e, e]), u[e] ?? "relu"), i("div", { class: "ml-layer" }, d, f, l("×", () => a({
		type: "build",
		hidden: o.toSpliced(e, 1),
		activations: u.toSpliced(e, 1)
	}), {
		class: "ml-quiet",
		"aria-label": `Remove layer ${e + 1}`
	}));
}
// src/panels/moments.ts
function Yn(e) {
	let t = null, n = l("Bookmark", () => {
		t !== null && e({
			type: "bookmark",
			name: `step ${t.header.step}, loss ${t.header.train.loss?.toFixed(3) ?? "?"}`
		});
	}), r = s("Bookmarks", (t) => {
		t !== "" && e({
			type: "recall",
			index: Number(t)
		});
	}), o = l("Compare with this", () => {
		t !== null && e({
			type: "compare",
			at: t.header.compared === void 0 ? t.header.at : null
		});
	});
	return {
		element: i("div", { class: "ml-buttons ml-moments" }, n, r, o),
		update(e) {
			t = e;
			let { header: n } = e, i = (n.bookmarks ?? []).map((e, t) => [String(t), e.name]);
			r.hidden = i.length === 0, c(r, [["", "Go to…"], ...i], ""), a(o, n.compared === void 0 ? "Compare with this" : `Stop comparing with ${n.compared.name}`), o.classList.toggle("ml-on", n.compared !== void 0);
		}
	};
}
// src/drawing/heatmap.ts
var Xn = document.createElement("canvas");
function Zn(e, t, n) {
	let r = Math.floor(e.length / t);
	Xn.width = t, Xn.height = r;
	let i = Xn.getContext("2d");
	if (i === null) return Xn;
	let a = i.createImageData(t, r), o = a.data;
	for (let t = 0; t < e.length; t++) {
		let r = 3 * (e[t] ?? 0);
		o[4 * t] = n[r] ?? 0, o[4 * t + 1] = n[r + 1] ?? 0, o[4 * t + 2] = n[r + 2] ?? 0, o[4 * t + 3] = 255;
	}
	return i.putImageData(a, 0, 0), Xn;
}
// src/drawing/separator.ts
var Qn = 128, $n = Float64Array.from({ length: 256 }, (e, t) => oe(t));
function er(e, t, n, r) {
	let i = [], a = Math.floor(e.length / t), o = (e) => ((e + .5) * n / t).toFixed(2), s = (e) => ((e + .5) * r / a).toFixed(2);
	for (let n = 0; n + 1 < a; n++) for (let r = 0; r + 1 < t; r++) {
		let a = n * t + r, c = e[a] ?? 0, l = e[a + 1] ?? 0, u = e[a + t + 1] ?? 0, d = e[a + t] ?? 0, f = Number(c > Qn) | Number(l > Qn) << 1 | Number(u > Qn) << 2 | Number(d > Qn) << 3;
		if (f === 0 || f === 15 || c * l * u * d === 0) continue;
		let p = (e, t) => {
			let [n, r] = [$n[e] ?? 0, $n[t] ?? 0];
			return -n / (r - n);
		}, m = () => `${o(r + p(c, l))} ${s(n)}`, h = () => `${o(r + 1)} ${s(n + p(l, u))}`, g = () => `${o(r + p(d, u))} ${s(n + 1)}`, _ = () => `${o(r)} ${s(n + p(c, d))}`;
		for (let [e, t] of tr[f] ?? []) {
			let n = {
				top: m,
				right: h,
				bottom: g,
				left: _
			};
			i.push(`M${n[e]()}L${n[t]()}`);
		}
	}
	return i.join("");
}
var tr = [
	[],
	[["left", "top"]],
	[["top", "right"]],
	[["left", "right"]],
	[["right", "bottom"]],
	[["left", "top"], ["right", "bottom"]],
	[["top", "bottom"]],
	[["left", "bottom"]],
	[["left", "bottom"]],
	[["top", "bottom"]],
	[["left", "bottom"], ["top", "right"]],
	[["right", "bottom"]],
	[["left", "right"]],
	[["top", "right"]],
	[["left", "top"]],
	[]
];
// src/drawing/scene.ts
function nr(e, t, n) {
	let { low: r, high: i } = e.axes, [a, o] = e.line === null ? [r[1], i[1]] : rr(e);
	return {
		x: Y([r[0], i[0]], [0, t]),
		y: Y([a, o], [n, 0])
	};
}
function rr(e) {
	let t = Math.max(1.5, ...(e.line ?? []).map(Math.abs).filter(Number.isFinite));
	return [-1.1 * t, 1.1 * t];
}
function ir(e, t, n) {
	let [, r] = t.x.range(), [i] = t.y.range(), a = [];
	if (e.line !== null && a.push(...ar(e.line, t, n)), e.ghost !== null && e.line === null) {
		let t = Math.round(Math.sqrt(e.ghost.length)), o = er(e.ghost, t, r, i);
		a.push({
			path: o,
			stroke: n.ink,
			width: 1.25,
			dash: [4, 4]
		});
	}
	if (e.heat !== null) {
		let t = er(e.heat, e.resolution, r, i);
		a.push({
			path: t,
			stroke: n.paper,
			width: 4
		}, {
			path: t,
			stroke: n.ink,
			width: 1.75
		});
	}
	return a.push(...sr(e, t, n)), a;
}
function ar(e, { x: t, y: n }, r) {
	let [i, a] = t.range(), o = (t) => i + t / (e.length - 1) * (a - i), s = "";
	return e.forEach((e, t) => {
		Number.isFinite(e) && (s += `${s === "" ? "M" : "L"}${o(t).toFixed(1)} ${n(e).toFixed(1)}`);
	}), [{
		path: `M${i} ${n(0)}L${a} ${n(0)}`,
		stroke: r.faint,
		width: 1,
		dash: [2, 3]
	}, {
		path: s,
		stroke: r.accent,
		width: 2
	}];
}
var or = 4.5;
function sr(e, { x: t, y: n }, r) {
	let i = {
		positive: "",
		negative: ""
	}, a = {
		positive: "",
		negative: ""
	}, o = {
		positive: "",
		negative: ""
	}, s = {
		solid: "",
		hollow: ""
	};
	for (let r = 0; r < e.labels.length; r++) {
		let c = e.scores[r] ?? 0, l = e.labels[r] ?? 0, u = t(e.positions[2 * r] ?? 0), d = n(e.line === null ? e.positions[2 * r + 1] ?? 0 : l), f = l > 0 ? "positive" : "negative", p = l > 0 ? lr(u, d, or) : ur(u, d, 4.1);
		e.held[r] ? a[f] += p : i[f] += p;
		let m = cr(e.losses[r] ?? 0);
		m > 5.7 && (o[f] += lr(u, d, m)), (l > 0 ? c > 0 : c <= 0) || (s[e.held[r] ? "hollow" : "solid"] += dr(u, d, 2));
	}
	return [
		{
			path: o.negative,
			stroke: r.negative,
			width: .75
		},
		{
			path: o.positive,
			stroke: r.positive,
			width: .75
		},
		{
			path: i.negative,
			fill: r.negative,
			stroke: r.paper,
			width: 1
		},
		{
			path: i.positive,
			fill: r.positive,
			stroke: r.paper,
			width: 1
		},
		{
			path: a.negative,
			fill: r.paper,
			stroke: r.negative,
			width: 1.75
		},
		{
			path: a.positive,
			fill: r.paper,
			stroke: r.positive,
			width: 1.75
		},
		{
			path: s.hollow,
			stroke: r.ink,
			width: 1.5
		},
		{
			path: s.solid,
			stroke: r.paper,
			width: 1.5
		}
	].filter((e) => e.path !== "");
}
function cr(e) {
	return Number.isFinite(e) ? or + Math.min(14, 5.5 * Math.sqrt(Math.max(0, e))) : 18;
}
function lr(e, t, n) {
	return `M${(e + n).toFixed(1)} ${t.toFixed(1)}a${n} ${n} 0 1 1 ${-2 * n} 0a${n} ${n} 0 1 1 ${2 * n} 0Z`;
}
function ur(e, t, n) {
	return `M${(e - n).toFixed(1)} ${(t - n).toFixed(1)}h${2 * n}v${2 * n}h${-2 * n}Z`;
}
function dr(e, t, n) {
	return `M${e - n} ${t - n}l${2 * n} ${2 * n}M${e + n} ${t - n}l${-2 * n} ${2 * n}`;
}
function fr(e, t) {
	for (let { path: n, fill: r, stroke: i, width: a, dash: o } of t) {
		let t = new Path2D(n);
		r !== void 0 && (e.fillStyle = r, e.fill(t)), i !== void 0 && (e.strokeStyle = i, e.lineWidth = a ?? 1, e.setLineDash([...o ?? []]), e.stroke(t));
	}
	e.setLineDash([]);
}
// src/panels/picture.ts
var X = {
	left: 44,
	right: 8,
	top: 8,
	bottom: 36
};
function pr(e) {
	let t = null, n = null, r = null, o = new D("The data and the model's score", d), s = i("div", {
		class: "ml-picture",
		tabindex: 0,
		role: "application"
	}, o.element), c = "Click adds a point of class +1, shift-click of class −1, alt-click removes. By keyboard: arrow keys move the pointer, 1 and 2 add, Delete removes.";
	s.setAttribute("aria-label", `Picture of the data. ${c}`);
	let l = i("p", {
		class: "ml-pointer",
		title: c
	}), u = i("div", {}, s, l);
	function d() {
		let e = o.begin();
		if (e === null || t === null || n === null) return;
		let i = o.width - X.left - X.right, a = o.height - X.top - X.bottom;
		r = nr(t, i, a), e.save(), e.translate(X.left, X.top), gr(e, t, r, n, i, a), e.beginPath(), e.rect(0, 0, i, a), e.clip(), t.heat !== null && (e.imageSmoothingEnabled = !0, e.imageSmoothingQuality = "high", e.drawImage(Zn(t.heat, t.resolution, n.ramp), 0, 0, i, a)), fr(e, ir(t, r, n)), _r(e, t, r, n), e.restore();
	}
	let f = !1, p = null;
	function m() {
		f || (f = !0, requestAnimationFrame(() => {
			f = !1, e(p === null ? { type: "probe" } : {
				type: "probe",
				u: p[0],
				v: p[1]
			});
		}));
	}
	function h(e) {
		if (r === null) return null;
		let t = o.element.getBoundingClientRect(), [n, i] = [e.clientX - t.left - X.left, e.clientY - t.top - X.top], [, a] = r.x.range(), [s] = r.y.range();
		return n < 0 || i < 0 || n > a || i > s ? null : [r.x.invert(n), r.y.invert(i)];
	}
	o.element.addEventListener("pointermove", (e) => {
		p = h(e), m();
	}), o.element.addEventListener("pointerleave", () => {
		p = null, m();
	}), o.element.addEventListener("click", (e) => {
		let t = h(e);
		t !== null && g(t, e.altKey ? 0 : e.shiftKey ? -1 : 1);
	});
	function g([n, i], a) {
		if (a === 0) {
			let a = t === null || r === null ? -1 : hr(t, r, n, i);
			a >= 0 && e({
				type: "remove",
				row: a
			});
		} else e({
			type: "add",
			u: n,
			v: i,
			label: a
		});
	}
	return s.addEventListener("keydown", (e) => {
		if (t === null || r === null) return;
		let [n, i] = r.x.domain(), [a, o] = r.y.domain(), [s, c] = [[n, a], [i, o]], l = p ?? [(s[0] + c[0]) / 2, (s[1] + c[1]) / 2], u = e.shiftKey ? .1 : .02, [d, f] = [u * (c[0] - s[0]), u * (c[1] - s[1])], h = {
			ArrowLeft: [-d, 0],
			ArrowRight: [d, 0],
			ArrowUp: [0, f],
			ArrowDown: [0, -f]
		}[e.key];
		if (h !== void 0) p = [Math.min(c[0], Math.max(s[0], l[0] + h[0])), Math.min(c[1], Math.max(s[1], l[1] + h[1]))], m();
		else if (e.key === "1" || e.key === "2") g(l, e.key === "1" ? 1 : -1);
		else if (e.key === "Delete" || e.key === "Backspace") g(l, 0);
		else return;
		e.preventDefault();
	}), {
		element: u,
		update(e, i) {
			t = e, n = i, d(), a(l, mr(e, r, p));
		}
	};
}
function mr(e, t, n) {
	let { header: r, axes: i } = e, a = r.probe;
	if (a === void 0) return "Hover for the score. Click, shift-click, alt-click change the points.";
	let [o, s] = i.labels, [c, l] = [T(a.slope[0]), T(a.slope[1])], u = i.features.length === 1, d = `${o} ${E(a.u, 2)}${u ? "" : `   ${s} ${E(a.v, 2)}`}\nm(x) ${T(a.score)}   ∂m/∂x ${u ? c : `(${c}, ${l})`}`, [f, p] = n ?? [a.u, a.v], m = t === null ? -1 : hr(e, t, f, p);
	if (m < 0) return d;
	let h = e.labels[m] ?? 0;
	return `${d}\nnearest point: label ${h > 0 ? "+1" : "−1"}   margin ${T(h * (e.scores[m] ?? 0))}   loss ${T(e.losses[m])}`;
}
function hr(e, { x: t, y: n }, r, i) {
	let a = -1, o = 18;
	for (let s = 0; s < e.labels.length; s++) {
		let c = t(e.positions[2 * s] ?? 0) - t(r), l = e.line === null ? e.positions[2 * s + 1] ?? 0 : e.labels[s] ?? 0, u = Math.hypot(c, n(l) - n(i));
		u < o && (o = u, a = s);
	}
	return a;
}
function gr(e, t, { x: n, y: r }, i, a, o) {
	e.font = "12px system-ui, sans-serif", e.fillStyle = i.faint, e.textAlign = "center", e.textBaseline = "top";
	for (let t of n.ticks(5)) e.fillText(T(t), n(t), o + 6);
	e.fillText(t.axes.labels[0], a / 2, o + 21), e.textAlign = "right", e.textBaseline = "middle";
	for (let t of r.ticks(5)) e.fillText(T(t), -6, r(t));
	e.save(), e.translate(-34, o / 2), e.rotate(-Math.PI / 2), e.textAlign = "center", e.fillText(t.line === null ? t.axes.labels[1] : "score m(x), label y", 0, 0), e.restore();
}
function _r(e, t, { x: n, y: r }, i) {
	let a = t.header.probe;
	if (a === void 0 || t.line !== null) return;
	let [o, s] = [n(a.u), r(a.v)], [c, l] = a.slope;
	if (c === null || l === null) return;
	let [u, d] = [c * (n(1) - n(0)), l * (r(1) - r(0))], f = Math.hypot(u, d);
	if (e.strokeStyle = i.ink, e.fillStyle = i.ink, e.lineWidth = 1.5, e.beginPath(), e.arc(o, s, 2.5, 0, 2 * Math.PI), e.fill(), f === 0) return;
	let p = 12 * Math.asinh(f / 40) + 8, m = Math.atan2(d, u), [h, g] = [o + p * Math.cos(m), s + p * Math.sin(m)];
	e.beginPath(), e.moveTo(o, s), e.lineTo(h, g);
	for (let t of [2.6, -2.6]) e.moveTo(h, g), e.lineTo(h + 7 * Math.cos(m + t), g + 7 * Math.sin(m + t));
	e.stroke();
}
// src/panels/readout.ts
function vr() {
	let e = {
		loss: i("dd"),
		full: i("dd"),
		test: i("dd"),
		accuracy: i("dd")
	}, t = {
		train: i("dt"),
		test: i("dt"),
		accuracy: i("dt")
	}, n = i("dl", { class: "ml-numbers" }, i("div", {}, t.train, e.loss), i("div", {}, t.test, e.test), i("div", {}, i("dt", {}, "Full loss, their sum"), e.full), i("div", {}, t.accuracy, e.accuracy)), r = yr();
	return {
		element: i("div", { class: "ml-readout" }, n, r.element),
		update(n) {
			let { train: i, test: o, full_loss: s } = n.header;
			a(t.train, `Training loss, ${i.points} points`), a(t.test, `Test loss, ${o.points} points`), a(t.accuracy, o.points > 0 ? "Test accuracy" : "Training accuracy"), a(e.loss, E(i.loss)), a(e.full, E(s, 2)), a(e.test, E(o.loss)), a(e.accuracy, te(o.points > 0 ? o.accuracy : i.accuracy)), r.update(n);
		}
	};
}
function yr() {
	let e = [
		i("td"),
		i("td"),
		i("td"),
		i("td")
	], t = i("caption"), n = i("th", { scope: "row" }), r = i("th", { scope: "row" });
	return {
		element: i("table", { class: "ml-confusion" }, t, i("thead", {}, i("tr", {}, i("td"), i("th", { scope: "col" }, "m > 0"), i("th", { scope: "col" }, "m ≤ 0"))), i("tbody", {}, i("tr", {}, n, e[0], e[1]), i("tr", {}, r, e[2], e[3]))),
		update(i) {
			let [o, s, c, l] = (i.header.test.points > 0 ? i.header.test : i.header.train).counts;
			a(t, i.header.test.points > 0 ? "Test points" : "Training points"), a(n, i.axes.classes[1]), a(r, i.axes.classes[0]), [
				o,
				l,
				s,
				c
			].forEach((t, n) => {
				let r = e[n];
				r !== void 0 && (a(r, String(t)), r.classList.toggle("ml-wrong", (n === 1 || n === 2) && t > 0));
			});
		}
	};
}
// src/panels/rules.ts
function br(e) {
	let t = xr("at step", 1, (t) => e({
		type: "tune",
		stop_step: t === null ? null : Math.round(t)
	})), n = xr("loss ≤", .01, (t) => e({
		type: "tune",
		stop_loss: t
	})), r = xr("accuracy ≥", 1, (t) => e({
		type: "tune",
		stop_accuracy: t === null ? null : Math.min(1, Math.max(0, t / 100))
	}));
	return {
		element: h("Pause when", [], t.element, n.element, r.element),
		update({ header: { config: e } }) {
			t.show(e.stop_step), n.show(e.stop_loss), r.show(e.stop_accuracy === null ? null : 100 * e.stop_accuracy);
		}
	};
}
function xr(e, t, n) {
	let r = i("input", {
		type: "number",
		min: 0,
		step: t,
		placeholder: "never"
	});
	return r.setAttribute("data-lm-suppress-shortcuts", ""), r.addEventListener("change", () => {
		n(Number.isFinite(r.valueAsNumber) ? Math.max(0, r.valueAsNumber) : null);
	}), {
		element: o(e, r),
		show(e) {
			r.matches(":focus") || (r.value = e === null ? "" : String(e));
		}
	};
}
// src/save.ts
function Sr(e, t, n) {
	let r = typeof n == "string" || n instanceof Blob ? n : n.slice(), i = URL.createObjectURL(new Blob([r], { type: t })), a = document.createElement("a");
	a.href = i, a.download = e, a.click(), window.setTimeout(() => URL.revokeObjectURL(i), 1e4);
}
// src/drawing/picture-file.ts
var Z = 600, Q = {
	left: 56,
	right: 16,
	top: 16,
	bottom: 48
};
function Cr(e, t) {
	let n = nr(e, Z, Z), [r, i] = [Z + Q.left + Q.right, Z + Q.top + Q.bottom], a = e.heat === null ? "" : `<image href="${Zn(e.heat, e.resolution, t.ramp).toDataURL()}" width="${Z}" height="${Z}" preserveAspectRatio="none"/>`, o = ir(e, n, t).map(({ path: e, fill: t, stroke: n, width: r, dash: i }) => `<path d="${e}" fill="${t ?? "none"}" stroke="${n ?? "none"}" stroke-width="${r ?? 1}" stroke-dasharray="${i?.join(" ") ?? "none"}"/>`), s = (e, t, n, r, i = "") => `<text x="${e.toFixed(1)}" y="${t.toFixed(1)}" text-anchor="${n}"${i}>${Tr(r)}</text>`, [c, l] = e.axes.labels, u = [
		...n.x.ticks(5).map((e) => s(n.x(e), 620, "middle", T(e))),
		...n.y.ticks(5).map((e) => s(-8, n.y(e) + 4, "end", T(e))),
		s(Z / 2, 640, "middle", c),
		s(0, 0, "middle", e.line === null ? l : "score", ` transform="translate(-42 ${Z / 2}) rotate(-90)"`)
	];
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${r} ${i}" width="${r}" height="${i}" font-family="system-ui, sans-serif" font-size="13"><rect width="100%" height="100%" fill="${t.paper}"/><clipPath id="frame"><rect width="${Z}" height="${Z}"/></clipPath><g transform="translate(${Q.left} ${Q.top})"><g clip-path="url(#frame)">${a}${o.join("")}</g><g fill="${t.ink}">${u.join("")}</g></g></svg>`;
}
function wr(e, t, n) {
	let r = new Image();
	r.addEventListener("load", () => {
		let t = document.createElement("canvas");
		t.width = 2 * r.width, t.height = 2 * r.height, t.getContext("2d")?.drawImage(r, 0, 0, t.width, t.height), t.toBlob((t) => {
			t !== null && Sr(e, "image/png", t);
		});
	}), r.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(Cr(t, n))}`;
}
function Tr(e) {
	return e.replace(/[&<>"]/g, (e) => `&#${e.charCodeAt(0)};`);
}
// src/panels/share.ts
function Er(e, t) {
	let n = null, r = [
		s("Parameters (safetensors)", () => e({
			type: "export",
			what: "params"
		})),
		s("Python script", () => e({
			type: "export",
			what: "script"
		})),
		s("Picture (SVG)", () => {
			n !== null && Sr("picture.svg", "image/svg+xml", Cr(...n));
		}),
		s("Picture (PNG)", () => {
			n !== null && wr("picture.png", ...n);
		}),
		s("Replay (HTML)", () => e({
			type: "export",
			what: "replay"
		})),
		...t ? [s("Copy the link", o)] : []
	], a = i("details", { class: "ml-menu" }, i("summary", {}, "Export"), i("div", { class: "ml-items" }, ...r));
	a.addEventListener("keydown", (e) => {
		e.key === "Escape" && (a.open = !1);
	}), document.addEventListener("pointerdown", (e) => {
		e.composedPath().includes(a) || (a.open = !1);
	});
	function o() {
		n !== null && navigator.clipboard.writeText(Dr(n[0]));
	}
	function s(e, t) {
		return l(e, () => {
			t(), a.open = !1;
		});
	}
	return {
		element: a,
		update(e, t) {
			n = [e, t];
			let r = e.header.file, i = e.file;
			r !== void 0 && i !== null && Sr(r[0], r[1], i);
		}
	};
}
function Dr(e) {
	let t = new URL(location.href);
	return t.hash = e.link, t.href;
}
// src/panels/knob-select.ts
function Or(e, t) {
	let n = s(e, (e) => t(Number(e)));
	return {
		element: n,
		update(e, t) {
			if (!e.fresh.has("leaves") && n.options.length > 0) {
				n.value !== String(t) && (n.value = String(t));
				return;
			}
			let r = Math.min(1e3, e.values.length);
			c(n, Array.from({ length: r }, (t, n) => [String(n), e.knobName(n)]), String(t));
		}
	};
}
// src/panels/surface.ts
var $ = 46, kr = 20;
function Ar(e) {
	let t = null, n = null, r = new D("Loss over two parameters, with the path of the history", c), a = Or("Second parameter of the loss map", (n) => {
		t !== null && e({
			type: "look",
			knobs: [t.header.view.knobs[0], n]
		});
	}), o = i("span", { class: "ml-mono" }), s = h("Loss over", [
		o,
		"and",
		a.element
	], r.element);
	function c() {
		let e = r.begin();
		if (e === null || t === null || n === null) return;
		let i = t.surfaceRange;
		if (i === null || t.surface === null) return;
		let [a, o, s, c, l] = i;
		if (!t.surface.some(Number.isFinite)) {
			e.font = "13px system-ui, sans-serif", e.fillStyle = n.faint, e.textAlign = "left", e.fillText("No loss here is a finite number.", $, 30);
			return;
		}
		let { width: u, height: d } = r, f = Y([a, o], [$, u - 8]), p = Y([s, c], [d - kr, 6]);
		e.imageSmoothingEnabled = !0;
		let m = Zn(jr(t.surface), l, n.ramp);
		e.drawImage(m, $, 6, u - 8 - $, d - kr - 6), e.font = "11px system-ui, sans-serif", e.fillStyle = n.faint, e.textAlign = "center", e.textBaseline = "top";
		for (let t of f.ticks(5)) e.fillText(T(t), f(t), d - kr + 5);
		e.textAlign = "right", e.textBaseline = "middle";
		for (let t of p.ticks(3)) e.fillText(T(t), 40, p(t));
		let { path: h, values: g, header: _ } = t;
		e.save(), e.beginPath(), e.rect($, 6, u - 8 - $, d - kr - 6), e.clip(), e.strokeStyle = n.ink, e.lineWidth = 1.5, e.lineJoin = "round", Hn(e, h.length / 2, (e) => [f(h[2 * e] ?? 0), p(h[2 * e + 1] ?? 0)]);
		let [v, y] = _.view.knobs;
		e.fillStyle = n.ink, e.strokeStyle = n.paper, e.beginPath(), e.arc(f(g[v] ?? 0), p(g[y] ?? 0), 4.5, 0, 2 * Math.PI), e.fill(), e.stroke(), e.restore();
	}
	return {
		element: s,
		update(e, r) {
			t = e, n = r, s.hidden = e.values.length < 2, o.textContent = e.knobName(e.header.view.knobs[0]), a.update(e, e.header.view.knobs[1]), c();
		}
	};
}
function jr(e) {
	let [t, n] = [Infinity, -Infinity];
	for (let r of e) Number.isFinite(r) && (r < t && (t = r), r > n && (n = r));
	let r = new Uint8Array(e.length);
	return e.forEach((e, i) => {
		if (!Number.isFinite(e)) return;
		let a = n > t ? Math.sqrt((e - t) / (n - t)) : 0;
		r[i] = Math.max(129, se(a));
	}), r;
}
// src/panels/sweep.ts
function Mr(e) {
	let t = null, n = null, r = new D("Loss along one parameter", o), i = Or("Parameter along which the loss is drawn", (n) => {
		t !== null && e({
			type: "look",
			knobs: [n, t.header.view.knobs[1]]
		});
	}), a = h("Loss along", [i.element], r.element);
	function o() {
		let e = r.begin();
		if (e === null || t === null || n === null || t.sweep === null) return;
		let { sweep: i, header: a, values: o } = t, s = i.length / 2, c = Array.from({ length: s }, (e, t) => i[2 * t + 1] ?? NaN), [l, u] = [i[0] ?? 0, i[2 * s - 2] ?? 1], d = {
			width: r.width,
			height: r.height,
			left: 46,
			right: 8,
			top: 10,
			bottom: 20
		}, [f, p] = Un(c, 0), { x: m, y: h } = Vn(e, d, [l, u], [f, p], n);
		e.strokeStyle = n.accent, e.lineWidth = 2, Hn(e, s, (e) => [m(i[2 * e] ?? 0), h(c[e] ?? NaN)]);
		let g = o[a.view.knobs[0]] ?? 0, _ = a.train.loss;
		e.strokeStyle = n.rule, e.lineWidth = 1, e.beginPath(), e.moveTo(m(g), 10), e.lineTo(m(g), r.height - 20), e.stroke(), _ !== null && (e.fillStyle = n.ink, e.beginPath(), e.arc(m(g), h(_), 4, 0, 2 * Math.PI), e.fill());
	}
	return {
		element: a,
		update(e, r) {
			t = e, n = r, i.update(e, e.header.view.knobs[0]), o();
		}
	};
}
// src/panels/time.ts
var Nr = 44, Pr = 8;
function Fr(e) {
	let t = null, n = null, r = null, o = null, s = new D("Loss over the history", _), c = i("input", {
		type: "range",
		min: 0,
		max: 0,
		step: 1,
		"aria-label": "Moment"
	});
	c.setAttribute("data-lm-suppress-shortcuts", "");
	let l = 0;
	c.addEventListener("input", () => {
		l = e({
			type: "seek",
			at: c.valueAsNumber
		});
	});
	let u = i("span", { class: "ml-where" }), d = i("span", { class: "ml-branches" }), f = i("span"), p = i("span"), m = h("Loss over time", [
		i("span", { class: "ml-legend" }, i("i", { class: "ml-line" }), f, i("i", { class: "ml-line ml-test" }), p),
		d,
		u
	], s.element, c);
	m.classList.add("ml-time"), s.element.addEventListener("pointermove", (e) => {
		r = g(e), _();
	}), s.element.addEventListener("pointerleave", () => {
		r = null, _();
	}), s.element.addEventListener("click", (t) => {
		let n = g(t);
		n !== null && e({
			type: "seek",
			at: n
		});
	});
	function g(e) {
		if (o === null || t === null) return null;
		let n = s.element.getBoundingClientRect(), r = Math.round(o.x.invert(e.clientX - n.left));
		return Math.min(t.header.count - 1, Math.max(0, r));
	}
	function _() {
		let e = s.begin();
		if (e === null || t === null || n === null) return;
		let { train: i, test: a, header: c } = t, l = Math.max(1, i.length - 1);
		o = Vn(e, {
			width: s.width,
			height: s.height,
			left: Nr,
			right: Pr,
			top: 8,
			bottom: 20
		}, [0, l], Lr(t), n, !0);
		let { x: u, y: d } = o;
		e.save(), e.beginPath(), e.rect(Nr, 0, s.width - Nr - Pr, s.height - 18), e.clip(), e.lineJoin = "round", e.lineWidth = 1.5, e.strokeStyle = n.test, Br(e, a.values, o), e.strokeStyle = n.accent, e.lineWidth = 2, zr(e, i.values, o);
		for (let t of c.bookmarks ?? []) t.at !== null && (e.fillStyle = n.ink, e.fillRect(u(t.at) - .5, 8, 1, 8), e.beginPath(), e.arc(u(t.at), 8, 3, 0, 2 * Math.PI), e.fill());
		let f = c.compared?.at ?? null;
		f !== null && Rr(e, u(f), n.ink, [4, 4]), Rr(e, u(c.at), n.ink);
		let p = r ?? c.at;
		for (let [t, r] of [[a, n.test], [i, n.accent]]) {
			let n = t.at(p);
			Number.isFinite(n) && (e.fillStyle = r, e.beginPath(), e.arc(u(p), d(n), 3.5, 0, 2 * Math.PI), e.fill());
		}
		r !== null && Rr(e, u(r), n.faint, [2, 3]), e.restore(), v(t, p);
	}
	function v(e, t) {
		a(f, `training ${E(e.train.at(t), 4)}`), a(p, `test ${E(e.test.at(t), 4)}`), a(u, `${t} of ${e.header.count - 1}`);
	}
	return {
		element: m,
		update(r, i) {
			t = r, n = i;
			let { header: a } = r;
			c.max = String(a.count - 1), c.disabled = a.count < 2, a.answered >= l && (c.value = String(a.at)), c.setAttribute("aria-valuetext", `moment ${a.at}, step ${a.step}`), Ir(d, a.branches ?? [], e), _();
		}
	};
}
function Ir(e, t, n) {
	let r = t.join();
	e.dataset.branches !== r && (e.dataset.branches = r, e.replaceChildren(...t.map((e, t) => l(`Branch ${t + 1}`, () => n({
		type: "switch",
		branch: t
	}), {
		title: `Switch to this branch of ${e} moments`,
		class: "ml-quiet"
	}))));
}
function Lr(e) {
	let [t, n] = [0, 0];
	for (let r of [e.train.values, e.test.values]) for (let e of r) Number.isFinite(e) && (e > n && (n = e), e < t && (t = e));
	let r = e.train.at(0), i = Number.isFinite(r) && r > 0 ? 20 * r : n;
	return [t, Math.min(n, i) * 1.05 || 1];
}
function Rr(e, t, n, r = []) {
	e.strokeStyle = n, e.lineWidth = 1, e.setLineDash(r), e.beginPath(), e.moveTo(Math.round(t) + .5, 0), e.lineTo(Math.round(t) + .5, 1e3), e.stroke(), e.setLineDash([]);
}
function zr(e, t, { x: n, y: r }) {
	let [i, a] = n.range(), o = Math.floor(t.length / (a - i));
	if (o < 2) {
		Hn(e, t.length, (e) => [n(e), r(t[e] ?? NaN)]);
		return;
	}
	let s = Math.ceil(t.length / o), c = new Float32Array(2 * s);
	for (let e = 0; e < s; e++) {
		let [n, r] = [NaN, NaN];
		for (let i = e * o; i < Math.min(t.length, (e + 1) * o); i++) {
			let e = t[i] ?? NaN;
			e >= n || (n = Number.isNaN(e) ? n : e), e <= r || (r = Number.isNaN(e) ? r : e);
		}
		c[2 * e] = n, c[2 * e + 1] = r;
	}
	Hn(e, c.length, (e) => [n(Math.floor(e / 2) * o), r(c[e] ?? NaN)]);
}
function Br(e, t, { x: n, y: r }) {
	e.beginPath();
	let i = !1, a = -1;
	for (let o = 0; o < t.length; o++) {
		let s = t[o] ?? NaN;
		if (!Number.isFinite(s)) continue;
		let c = n(o);
		i && Math.floor(c * 2) === a || (a = Math.floor(c * 2), i ? e.lineTo(c, r(s)) : e.moveTo(c, r(s)), i = !0);
	}
	e.stroke();
}
// src/panels/notice.ts
function Vr(e) {
	let t = i("span"), n = l("Go to the last good moment", () => void 0), r = i("div", {
		class: "ml-notice",
		role: "status",
		"aria-live": "polite"
	}, t, n), o = null, s = !1;
	return n.addEventListener("click", () => {
		o !== null && e({
			type: "seek",
			at: o
		});
	}), n.hidden = !0, {
		element: r,
		update({ header: e }) {
			if (s) return;
			let i = e.notice;
			r.classList.toggle("ml-trouble", i !== void 0 && i.kind !== "notice"), r.classList.toggle("ml-shown", i !== void 0), a(t, i?.text ?? ""), o = i?.seek ?? null, n.hidden = o === null;
		},
		lost(e) {
			s = !0, r.classList.add("ml-trouble", "ml-shown"), a(t, e), n.hidden = !0;
		},
		found() {
			s = !1;
		}
	};
}
// src/panels/view.ts
function Hr(e) {
	let t = s("View", (t) => e({
		type: "look",
		mode: t === "line" ? "line" : "plane"
	})), n = s("Horizontal axis", () => o()), r = s("Vertical axis", () => o()), a = i("div", { class: "ml-view" }, t, n, r);
	function o() {
		if (n.value === "pca") e({
			type: "look",
			axes: null
		});
		else {
			let t = r.value === "" || r.value === n.value ? +(n.value === "0") : Number(r.value);
			e({
				type: "look",
				axes: [Number(n.value), t]
			});
		}
	}
	return {
		element: a,
		update({ header: e, axes: i }) {
			let a = i.features.length > 2;
			c(t, [["plane", "Plane"], ["line", "Line"]], e.view.mode), t.hidden = i.features.length < 2, n.hidden = !a, r.hidden = !a || e.view.axes === null;
			let o = i.features.map((e, t) => [String(t), e]);
			c(n, [["pca", "Principal components"], ...o], String(e.view.axes?.[0] ?? "pca")), c(r, o, String(e.view.axes?.[1] ?? "1"));
		}
	};
}
// src/mount.ts
function Ur(e, n) {
	let r = new S(), { live: a } = n, o = 0, s = (e) => (n.send(e), o += 1, a ? o : 0), c = Vr(s), u = {
		bar: p(s, a),
		lesson: be(s),
		data: g(s),
		model: qn(s),
		rules: br(s),
		knobs: me(s, a),
		view: Hr(s),
		legend: ve(),
		picture: pr(s),
		readout: vr(),
		margin: Wn(),
		sweep: Mr(s),
		surface: Ar(s),
		time: Fr(s),
		moments: Yn(s),
		share: Er(s, n.linked),
		notice: c
	}, d = l("The lecture", () => s({
		type: "lesson",
		index: 0
	})), f = i("div", {
		class: "ml-root",
		"data-live": a
	}, i("header", { class: "ml-header" }, i("h1", {}, "miniml", i("span", {}, a ? "playground" : "replay")), u.bar.element, i("div", { class: "ml-buttons" }, ...a ? [d, u.share.element] : []), i("div", { class: "ml-second" }, ...a ? [u.bar.fields, u.moments.element] : [])), c.element, u.lesson.element, i("main", { class: "ml-main" }, i("div", { class: "ml-column ml-choices" }, ...a ? [u.data.element, u.model.element] : [], u.knobs.element, ...a ? [u.rules.element] : []), i("div", { class: "ml-column ml-middle" }, i("div", { class: "ml-above" }, ...a ? [u.view.element] : [], u.legend.element), u.picture.element, u.time.element), i("div", { class: "ml-column ml-losses" }, u.readout.element, u.margin.element, u.sweep.element, u.surface.element)));
	if (!a) for (let e of f.querySelectorAll("select")) e.disabled = !0;
	e.replaceChildren(f), f.toggleAttribute("data-dark", ie());
	let m = ae(f), h = () => {
		f.toggleAttribute("data-dark", ie()), m = ae(f), r.menus !== void 0 && x();
	}, v = matchMedia("(prefers-color-scheme: dark)");
	v.addEventListener("change", h);
	let y = new ResizeObserver(() => {
		m.ink === "" && h();
	});
	y.observe(f);
	let b = new MutationObserver(h);
	b.observe(document.body, { attributeFilter: ["class", "data-jp-theme-light"] });
	let x = () => {
		for (let e of Object.values(u)) e.update(r, m);
	};
	f.addEventListener("dragover", (e) => {
		e.preventDefault(), f.classList.add("ml-dropping");
	}), f.addEventListener("dragleave", () => f.classList.remove("ml-dropping")), f.addEventListener("drop", (e) => {
		e.preventDefault(), f.classList.remove("ml-dropping");
		let t = e.dataTransfer?.files[0];
		t !== void 0 && a && _(t, s);
	}), f.addEventListener("keydown", (e) => Wr(e, r, s)), n.listen((e) => {
		c.found(), f.classList.remove("ml-lost"), r.apply(t(e)), x(), n.linked && r.fresh.has("link") && history.replaceState(null, "", `#${r.link}`), requestAnimationFrame(() => n.send({ type: "ack" }));
	}, (e) => {
		c.lost(e), f.classList.add("ml-lost");
	});
	let C = location.hash.slice(1);
	return n.linked && C !== "" && s({
		type: "open",
		link: C
	}), () => {
		v.removeEventListener("change", h), b.disconnect(), y.disconnect(), n.close(), e.replaceChildren();
	};
}
function Wr(e, t, n) {
	if (e.target instanceof HTMLInputElement && e.target.type !== "range" || !(e.ctrlKey || e.metaKey) || e.key.toLowerCase() !== "z") return;
	e.preventDefault();
	let { undo: r, redo: i } = t.header;
	(e.shiftKey ? i : r) && n({ type: e.shiftKey ? "redo" : "undo" });
}
// src/transports/replay.ts
function Gr(e) {
	let t = () => void 0, n = 0, r = 0, i = e.frames.length - 1;
	function a(i) {
		let a = i > n ? n + 1 : i === 0 ? 0 : i;
		for (let n = a; n <= i; n++) t(qr(Kr(e.frames[n] ?? ""), r !== 0));
		n = i;
	}
	function o(t) {
		let r = t < (e.at[n] ?? 0) ? e.at.findLastIndex((e) => e <= t) : e.at.findIndex((e) => e >= t);
		return r < 0 ? i : r;
	}
	function s() {
		window.clearInterval(r), r = 0;
	}
	return {
		linked: !1,
		live: !1,
		send(e) {
			e.type === "play" ? (s(), n === i && a(0), r = window.setInterval(() => {
				n >= i && s(), a(Math.min(n + 1, i));
			}, 100), a(n)) : e.type === "pause" ? (s(), a(n)) : e.type === "seek" ? (s(), a(o(e.at))) : e.type === "reset" ? (s(), a(0)) : e.type === "step" && (s(), a(Math.min(n + 1, i)));
		},
		listen(e) {
			t = e, a(0);
		},
		close: s
	};
}
function Kr(e) {
	let t = atob(e), n = new Uint8Array(t.length);
	for (let e = 0; e < t.length; e++) n[e] = t.charCodeAt(e);
	return n.buffer;
}
function qr(e, n) {
	if (!n) return e;
	let { header: r } = t(e), i = new DataView(e).getUint32(0, !0), a = new TextEncoder().encode(JSON.stringify({
		...r,
		playing: n
	})), o = Math.ceil(a.length / 4) * 4, s = new Uint8Array(4 + o + e.byteLength - 4 - i).fill(32);
	return new DataView(s.buffer).setUint32(0, o, !0), s.set(a, 4), s.set(new Uint8Array(e, 4 + i), 4 + o), s.buffer;
}
// src/transports/socket.ts
function Jr() {
	let e = new URLSearchParams(location.search).get("token") ?? "", t = location.protocol === "https:" ? "wss" : "ws", n = new URLSearchParams({
		token: e,
		page: Yr()
	}), r = new WebSocket(`${t}://${location.host}/socket?${n.toString()}`);
	r.binaryType = "arraybuffer";
	let i = [];
	return {
		linked: !0,
		live: !0,
		send(e) {
			let t = JSON.stringify(e);
			r.readyState === WebSocket.OPEN ? r.send(t) : r.readyState === WebSocket.CONNECTING && i.push(t);
		},
		listen(e, t) {
			r.addEventListener("open", () => {
				for (let e of i.splice(0)) r.send(e);
			}), r.addEventListener("message", (t) => e(t.data)), r.addEventListener("close", (e) => {
				t(e.code === 1013 ? "Too many pages are open. Close one, then reload this page." : "The playground has stopped or cannot be reached. Reload this page to continue where it was; if that fails, start the playground again, and open the address that it prints.");
			});
		},
		close: () => r.close()
	};
}
function Yr() {
	let e = "miniml-page";
	try {
		let t = sessionStorage.getItem(e) ?? crypto.randomUUID();
		return sessionStorage.setItem(e, t), t;
	} catch {
		return "";
	}
}
// src/transports/widget.ts
var Xr = "The kernel has stopped or restarted. Run this cell again to continue.", Zr = "The kernel does not answer. If it is busy, the page appears when it is done; if not, run this cell.";
function Qr(e) {
	let t = () => void 0, n = () => void 0, r = 0, i = (t) => {
		try {
			e.send(JSON.stringify(t));
		} catch {
			n(Xr);
		}
	}, a = () => {
		n(Xr), i({ type: "hello" });
	};
	return {
		linked: !1,
		live: !0,
		send: i,
		listen(o, s) {
			n = s, t = (e, t) => {
				let n = t[0];
				if (n === void 0) return;
				window.clearTimeout(r);
				let i = new Uint8Array(n.byteLength);
				i.set(new Uint8Array(n.buffer, n.byteOffset, n.byteLength)), o(i.buffer);
			}, e.on("msg:custom", t), e.on("comm_live_update", a), r = window.setTimeout(() => s(Zr), 3e3), i({ type: "hello" });
		},
		close() {
			window.clearTimeout(r), e.off("msg:custom", t), e.off("comm_live_update", a);
		}
	};
}
// src/main.ts
function $r({ model: e, el: t }) {
	return Ur(t, Qr(e));
}
var ei = { render: $r }, ti = document.getElementById("miniml");
if (ti !== null) {
	let e = document.getElementById("frames")?.textContent;
	Ur(ti, e == null ? Jr() : Gr(JSON.parse(e)));
}
export { ei as default };
