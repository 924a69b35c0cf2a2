/**
 * The words of TODO comments, by what they tell. Written by hand; the weights are trained and start from `category` and
 * `priority`. See `router/lexicon.ts` for how words are written.
 */
import type { TodoCategory, TodoPriority } from "./todoModel.ts";

export interface TodoWordGroup {
  /** What the words say, as part of a sentence; `{}` stands for the word found. */
  says: string;
  /** The category that these words speak for. */
  category?: TodoCategory;
  /** The priority that these words speak for. */
  priority?: TodoPriority;
  words: string;
}

/** Words of the comment. */
export const TODO_WORDS: Readonly<Record<string, TodoWordGroup>> = {
  wrongResult: {
    says: "says that something goes wrong (“{}”)",
    category: "bug",
    words: `wrong, incorrect, too late, vanish*, broken, breaks, break, crash*, panics, panic, throws, fails for, fails when, fails on, bug, buggy, off by one, off-by-one, race, races, deadlock*, overflow*,
      wraps, null pointer, npe, stuck, hangs, duplicated, lost, disappear*, empty result, swallowed, silently, never closed, leaks, instead of,
      does not work, doesn't work, stops working, shows up, shows the, garbage, malformed, unhandled, regardless, ignores, flicker*, incorrecto, falla, roto,
      se queda, falsch, kaputt, fehlerhaft, sturzt ab, verdoppelt, erreur, plante, faux, cassé, errado, quebra, trava, falha, sai, bi loi, treo, 错误, 崩溃, 不对, 出错, 丢失, 失败,
      间违, 間違, 落ちる, おかしい, 必ず空, 消える, ずれ, 깨짐, 오류, ошибк*, падает, неверно`,
  },
  edgeCase: {
    says: "names a case that is not handled (“{}”)",
    category: "bug",
    words: `null, nil, nan, undefined, negative, unicode, emoji, timezone, time zone, dst, leap year, whitespace, space in, spaces in, encoding, bom, concurrent, two threads, twice,  
         vide, trong, 空格, 时区, タイムゾーン, 全角`,
  },
  slow: {
    says: "says that it is slow or heavy (“{}”)",
    category: "performance",
    words: `slow, slower, seconds, minutes, faster, performance, perf, optimize, optimise, optimi*, latency, p99, quadratic, o(n*, n+1, queries per, query per, one query, copies, copy of, clone, clones, allocat*, allocation, preallocate, cache it, cached, caching, memoi*,
      profil*, flamegraph, benchmark*, cpu, memory, oom, oom-killed, out of memory, laggy, lag, stutter*, jank, main thread, blocks, batch, bulk, index on, no index, full table, table scan, entire table, per row, per request, each request, per iteration,
       in a loop, hot path, lazy, lazily, ms, usememo, stringbuilder, string_view, throughput, prealoc*, rendimiento, lento, lenta, langsam, schneller, performanz, lent, lente, plus rapide, rapido,
      desempenho, cham, nhanh hon, cho nhanh, bo nho, hieu nang, 性能, 太慢, 缓存, 重复编译, 每次请求, 耗时, 内存, 遅い, 高速, パフォーマンス, キャッシュ, 느림, 캐시, медленн*, кэш*, recompil*, compile the, load everything, pulls the entire, loads all, stream it`,
  },
  openQuestion: {
    says: "asks rather than tells (“{}”)",
    category: "question",
    words: `should we, should a, should this, should it, do we, can we, does anyone, anyone know, not sure, unsure, unclear, undecided, who knows, no idea, why do, why is, why does, is this, is it, are we, are they, or should, decide, decision, needs a decision, to be decided, tbd,
       waiting for, ask, confirm, what happens, what is supposed, supposed to, intended, which one, what if, wonder, disagree, contradict*, nobody knows, nobody remembers, still needed,
      debemos, deberia*, no se si, no esta claro, decidir, wer weiss, unklar, sollen wir, sollten wir, klaren, entscheid*, doit-on, faut-il, pas sur, a decider, a voir, devemos, nao sei, sera que, alguem sabe, ninguem sabe, co nen, khong ro, khong biet, hay la, hoi lai,
      还是, 是否, 要不要, 不确定, 待定, 为什么, 谁知道, 分からない, わからない, どちら, べきか, 教えて, 不明, 인지, 모르겠, 뭔가, непонятно, нужно ли, стоит ли`,
  },
  structure: {
    says: "wants the code built differently (“{}”)",
    category: "refactor",
    words: `refactor*, extract, split, move to, move into, move it, move next to, rename, dedupe, deduplicate, duplicate*, duplication, same thing, copied, copy-paste, copy paste, copy-pasted, too long, untangle, decouple, coupling, coupled, circular, cycle, cyclic, cleaner,
      abstraction, abstract, interface, helper, into a, own class, own package, own module, own service, service object, factory, enum, extension method, adapter, dependency injection, inject, global, globals, singleton, hard to read,
      readability, generalize, generic, reuse, reusable, merge the two, merge with, pull out, by hand, split up, derive one, refactoriz*, extraer, dividir, mover a, separar, auslagern, aufteilen, umbenennen, gehort, eigene klasse, extraire, deplacer,
      renommer, factoriser, scinder, extrair, renomear, mover para, dividir em, tach, tach ra, doi ten, gop, chuyen sang, tai cau truc, 重构, 拆分, 抽取, 提取, 重命名, 合并, 统一, 复制, 循环, 分け, 分割, 切り出, 整理, リファクタ, 共通化, 依存, 리팩터, 분리, вынести, разбить, переимен*, отрефактор*`,
  },
  removal: {
    says: "wants something taken out (“{}”)",
    category: "cleanup",
    words: `remove, removed, delete, drop, drop this, drop it, get rid of, dead, dead code, unused, unreachable, can't be reached, obsolete, legacy, leftover*, no longer, not needed any more, not needed anymore, deprecated, polyfill, shim, workaround, fallback, temporary, take out, take this out, take it out,
      once all, once every, as soon as, when we drop, after the migration, until, expires, can go, bump, upgrade, pinned, feature flag, flag, nothing calls, no caller, nobody uses, nothing uses, safe to delete, borrar, eliminar, quitar, loschen, entfernen, weg, veraltet, supprimer, enlever, retirer,
      a supprimer, obsolete, apagar, remover, retirar, sem uso, xoa, bo doan, go bo, bo di, khong con, 删除, 移除, 去掉, 废弃, 不再使用, 清理, 兼容旧, 削除, 消す, 不要, 廃止, 使われていない, 삭제, 제거, удалить, убрать, устарел*`,
  },
  documentation: {
    says: "is about documentation (“{}”)",
    category: "docs",
    words: `document, documented, documentation, document why, docs, doc, docstring*, comment, comments, javadoc, kdoc, jsdoc, phpdoc, doxygen, readme, changelog, wiki, manual, help text, describe, explain, explains, explained, example, @param, @return, @returns, @sample, @throws, summary, wording, reword,
      diagram, drawing, section, spelling, typo, misleading, says that, claims, promises, documentar, documentacion, describir, ejemplo, dokumentier*, doku, beschreib*, beispiel, documenter, expliquer, exemple, decrire, documentar, descrever, exemplo, chu thich, tai lieu, giai thich, mo ta,
      vi du, 文档, 注释, 说明, 示例, ドキュメント, コメント, 説明, 使用例, 例の, 문서, 주석, 예제, документ*, описать, пример`,
  },
  missingFeature: {
    says: "names something that does not exist yet (“{}”)",
    category: "feature",
    words: `add support, so far, only works, support for, supporting, implement, implemented, unimplemented, not implemented, not supported, unsupported, no way to, would be nice, it would be nice, nice to have, be nice, handy, allow, let users, let the user, option to, there is no, there's no, there are no, not yet, only supports,
        missing feature, wish, feature request*, users want, users ask, asking for, ask for, customers want, keep asking, someday, some day, maybe someday, dark mode, shortcut*, overload, plugin*, plugins, exportar, permitir, soportar, implementar, todavia no, no hay forma, unterstutz*, bisher, noch nicht, ware nett, hinzufugen,
      ajouter, permettre, prendre en charge, pas encore, adicionar, permitir que, suportar, ainda nao, cho phep, bo sung, ho tro, chua co, sau nay, 支持, 暂不支持, 新增, 增加, 实现, 以后, 尚未, 対応, 追加, 未対応, 実装, できるように, 지원, 추가, 구현, поддерж*, добавить, реализовать`,
  },
  securityRisk: {
    says: "is about security (“{}”)",
    category: "security",
    priority: "high",
    words: `security, secure, insecure, unsafe, injection, inject, escape, sanitize, sanitise, unsanitized, unchecked, untrusted, validate, xss, csrf, ssrf, attacker*, anybody can, anyone can, brute-force*, brute force*, password*, passwd, token, tokens, secret*, credential*, api key, apikey, cookie*, hash, hashing, plain text,
      plaintext, encrypt*, tls, ssl, verification, verify, certificate, cert, permission*, privilege*, root, admin, sso, without auth, authentication, authorization, authoriz*, exposed, exported, leak the, leaks the, pii, gdpr, vulnerab*, exploit*, pickle, deserial*, unserialize, eval, path traversal, ../, traversal, dtd*, constant time, constant-time, timing, throttle, rate limit,
      arbitrary, contraseña*, contrasena*, clave, seguridad, sin cifrar, sicherheit, passwort*, unverschlusselt, ungepruft, mot de passe, securite, chiffr*, senha*, seguranca, mat khau, bao mat, quyen, chmod, 安全, 密码, 注入, 明文, 权限, 密钥, 令牌, 校验, 漏洞, セキュリティ, パスワード, 鍵, apiキー, 平文, 権限, 脆弱, 보안, 비밀번호, 인증, 권한, безопас*, парол*, уязвим*, токен*`,
  },
  testing: {
    says: "is about tests (“{}”)",
    category: "test",
    words: `test, tests, testing, test case, test cases, testcase, unit test, untested, tested, coverage, covered, spec, specs, suite, assert, asserts, assertion*, mock, mocks, mocked, fixture*, flaky, ci run, e2e, regression case, regression test, regression, fuzz, fuzzing, property based, property-based, parametrize*, parameterize*, golden, snapshot test*, snapshots, skipped,    
      passes on retry, runner, runners, junit, pytest, rspec, phpunit, case for, add a case, branch, prueba*, caso, casos, testfall, tests fehlen, ungetestet, cas de test, tester, teste, testes, caso com, casos de, kiem thu, viet test, ca kiem, 测试, 用例, 单测, 快照测试, 断言, 覆盖率, テスト, 試験, 테스트, тест*`,
  },
  harm: {
    says: "names the harm (“{}”)",
    priority: "high",
    words: `data loss, lose data, lost data, are lost, is lost, overwrites, corrupt*, wipe*, wiped, rm -rf, charged, overcharged, pays twice, paid twice, invoice*, billing, billed, ledger, money, payment*, refund, kills, killed, whole server, whole process, outage, incident*, crash*, panics, oom, oom-killed, in prod, in production, on prod,
      every customer, silently, swallowed, garbage, never finishes, aborts, legal, compliance, overdue, produccion, perdida de datos, datenverlust, produktion, umsatz, perte de donnees, en prod, producao, perda de dados, mat du lieu, san pham, 生产, 线上, 丢数据,
      数据丢失, 本番, データ損失, データが消, 프로덕션, 데이터 손실, прод, потер*`,
  },
  usersNotice: {
    says: "says that people notice (“{}”)",
    priority: "medium",
    words: `users, user, people, customer, support, everybody, everyone, colleague*, team, teams, every release, every day, all day, every week, all the time, keep asking, ask for it, stutters, visibly, noticeable, complain*, annoying, painful, each time, every time, usuarios, nutzer, kunden, kollegen, utilisateurs, clients, usuarios, nguoi dung, khach hang, 用户, 客户, 每次, ユーザー, 利用者, 사용자, 고객, пользовател*, clients`,
  },
  notUrgent: {
    says: "says that there is no hurry (“{}”)",
    priority: "low",
    words: `someday, some day, sometime, one day, eventually, maybe, perhaps, later, nice to have, would be nice, be nice, handy, could be, could use, might, minor, cosmetic, trivial, low prio*, low priority, whatever, who cares, nobody cares, when there is time, when bored, if we ever, probably, optional, defense in depth, harmless, idea, wish,  
      algun dia, quizas, irgendwann, vielleicht, ware nett, spater, un jour, peut-etre, plus tard, algum dia, talvez, depois, mot ngay, khi ranh, sau nay, chua gap, 以后, 有空, 将来, 也许, 有时间, いつか, 余裕, 後で, そのうち, 나중에, 언젠가, когда-нибудь, потом, может быть, scarcely, hardly, just a`,
  },
  urgent: {
    says: "says that it is urgent (“{}”)",
    priority: "high",
    words: `urgent, asap, deadline, immediately, before release, before the release, before go-live, before launch, blocker, blocking, blocks everybody, must, critical, never ship, do not ship, do not merge, must not be, as long as, today, right now, this week, overdue, !!, !!!, urgente, dringend, sofort, muss, doit, imperativement, khan cap, 必须, 紧急, 立即, 马上, 必ず, 至急, すぐ, 긴급, 반드시, срочно, немедленно`,
  },
  deadline: {
    says: "names a date or an end of life (“{}”)",
    category: "cleanup",
    words: `eol, end of life, by end of, due, due on, planned for, q1, q2, q3, q4, january, march, april, june, july, august, september, october, november, december, expires, expired, tháng, despues de, nach dem, apres le, depois de, vor dem, sau khi, 之后, 以前, 到期, までに, 以降, 까지`,
  },
};
