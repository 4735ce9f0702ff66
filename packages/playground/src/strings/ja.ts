import { lesson } from "./lesson/ja.js";
import type { Strings } from "./strings.js";

export const ja: Strings = {
  name: "日本語",
  language: "言語",
  intro:
    "勾配とは何か、数値微分でどのように求めるのか、そしてニューラルネットワークがそれを使ってどのように学習するのか。『ゼロから作る Deep Learning』第 4 章を、手を動かして確かめるページです。計算はすべてこのページの中で行われます。",
  parts: {
    lesson: "七つの問い",
    differences: "数値微分",
    descent: "勾配降下法",
    toy: "三つの重み",
    training: "学習と手書き数字",
  },
  share: {
    copy: "この設定へのリンクをコピー",
    copied: "コピーしました",
    refused: "アドレスバーからコピーしてください",
  },
  differences: {
    title: "数値微分",
    intro:
      "微分は接線の傾きです。数値微分では、その代わりに 2 点を通る直線（割線）の傾きを求めます。前方差分は x と x\u00a0+\u00a0h、" +
      "中心差分は x\u00a0−\u00a0h と x\u00a0+\u00a0h を通ります。",
    task: "h を少しずつ小さくしてみましょう。誤差は減り続けるでしょうか。誤差が最も小さくなる h を探してください。",
    f: "関数 f(x)",
    own: "自分で入力する関数",
    wrong: (position) => `${position} 文字目の後が読み取れません。例：x^2 + sin(x)`,
    undefinedHere:
      "この点かその隣で f の値が、またはこの点で傾きが定まりません。x を動かすか、h を小さくしてください。",
    x: "点 x",
    h: "微小な値 h",
    tangent: "接線",
    forward: "前方差分",
    central: "中心差分",
    derivative: "真の微分 f′(x)",
    quotient: "差分商",
    error: "誤差",
    plot: "関数と、点 x における接線および割線",
    errorPlot: "h に対する誤差（両対数グラフ）",
    errorHint: "図を指すと、その h での誤差を読めます。押すと、その h を使います。",
    truncation: "打ち切り誤差",
    rounding: "丸め誤差",
    regimes: {
      truncation:
        "打ち切り誤差が支配的です。割線はまだ接線と一致していません。h を 10 分の 1 にすると、中心差分の誤差はおよそ 100 分の 1 になります。",
      rounding:
        "丸め誤差が支配的です。f(x\u00a0+\u00a0h) と f(x\u00a0−\u00a0h) は上位の桁がほとんど等しく、引き算をすると丸められた下位の桁しか残りません。" +
        "h を小さくするほど誤差は大きくなります。",
      balance: "二つの誤差がほぼ釣り合っています。h を変えても精度はあまり上がりません。",
      exact:
        "ここでは f の 3 階微分が 0 です（放物線ではどこでも 0 です）。そのため中心差分には h² に比例する打ち切り誤差がありません。" +
        "放物線なら残るのは丸め誤差だけで、h を小さくするほど大きくなります。",
      lost: "h が失われました。float64 では x\u00a0+\u00a0h が x と同じ数になり、差分商は f について何も表しません。",
    },
  },
  descent: {
    title: "勾配降下法",
    intro:
      "勾配降下法では、勾配と逆の方向に少しずつ進みます：x ← x − η · ∂f/∂x。図をクリックすると、その点から始まります。" +
      "経路は残るので、学習率の違いを比べられます。学習率が大きすぎると発散し、小さすぎるとほとんど進みません。",
    surface: "関数",
    surfaces: {
      bowl: "お椀型",
      valley: "細長いお椀型",
      saddle: "鞍点",
      rosenbrock: "ローゼンブロック関数",
    },
    rate: "学習率 η",
    again: "降下する",
    clear: "経路を消す",
    map: "関数の等高線（経路の開始点を選ぶ図）",
    keys: "キー操作：矢印キーで開始点を動かし、Enter で降下します。",
    paths: "経路",
    none: "経路はまだありません。",
    outcomes: {
      arrived: "到達（勾配がほぼ 0）",
      diverged: "発散（更新の幅が大きくなり続けた）",
      crawled: "ほとんど進まない",
      underway: "まだ途中",
    },
    steps: (count) => `${count} 回の更新`,
  },
  weight: {
    title: "一つの重み",
    intro:
      "数値微分では、重みを一つずつ +h と −h だけ動かし、訓練画像 100 枚に対する損失関数 L の変化を調べます。図をクリックして画素を、入力欄または下の一覧で隠れ層のユニットを選んでください。色の付いた桁だけが異なります。",
    unit: "隠れ層のユニット",
    picture: "隠れ層のユニットに入る重み（クリックで画素を選ぶ）",
    keys: "キー操作：矢印キーで画素を選びます。",
    place: (row, column) => `${row} 行 ${column} 列の画素からの重み`,
    value: "重み w",
    backprop: "誤差逆伝播法の値",
    difference: "二つの差",
    rest: (count) => `……これを 1 回の更新ごとに、あと ${count} 個の重みとバイアスにも行います。`,
  },
  page: {
    parts: "目次",
    failed: "エラーが発生しました",
    tryAgain: "もう一度試す",
    training: "学習",
    trainingTitle: "学習と手書き数字",
    trainingIntro:
      "同じネットワークを二つ並べて、同じ重みの初期値と同じ MNIST のミニバッチで学習させます。一方は中心差分で、もう一方は誤差逆伝播法で" +
      "勾配を求めます。どちらもこのページの中で、WebAssembly によって計算されます。",
    step: "1 回更新",
    stepHint: "両方のネットワークの重みを 1 回だけ更新する",
    resetHint: "重みの初期値からやり直す",
    rate: "学習率",
    hiddenUnits: "隠れ層のユニット数",
    batchSize: "バッチサイズ",
    seed: "乱数のシード",
    h: "微小な値 h",
    loading: "MNIST を読み込み中",
    numerical: "中心差分",
    backprop: "誤差逆伝播法",
    backpropFormula: "連鎖律により、出力層から入力層に向かって ∂L/∂w を求める",
    steps: "更新回数",
    loss: "損失関数の値",
    pace: "1 回の更新の時間",
    speed: "1 秒あたりの更新回数",
    lossNote: "ミニバッチの損失の移動平均（横軸は更新回数）",
    lossChart: "更新回数に対する二つのネットワークの損失関数の値",
    accuracy: "認識精度",
    accuracyNote: "両ネットワークの欄に示した画像に対して：",
    accuracyChart: "更新回数に対する二つのネットワークの認識精度",
    chartKeys:
      "キー操作：左右の矢印キーで更新回数を 1 つずつ、Page Up・Page Down で 10 ずつ、Home・End で両端へ動かします。Esc で終わります。",
    test: "テスト",
    train: "訓練",
    drawing: "数字を書く",
    pad: "数字を書く場所",
    padKeys: "キー操作：矢印キーでペンを動かし、Space でペンを下ろす・上げる、Delete で消去します。",
    clear: "消去",
    random: "テスト画像を一枚選ぶ",
    wrong: "間違えた画像を見る",
    preview: "ネットワークに入力される 28 × 28 画素の画像",
    answers: "中心差分と誤差逆伝播法で学習したネットワークの出力（確率）",
    saveSafetensors: "ネットワークを保存（safetensors）",
    saveNpz: "ネットワークを保存（npz）",
    load: "ネットワークを読み込む",
    footer:
      "ネットワークは『ゼロから作る Deep Learning』（斎藤康毅）第 4 章のものです。入力は 784 個、隠れ層の活性化関数はシグモイド関数、" +
      "出力はソフトマックス関数による 10 個の数字の確率です。損失関数は −log(p + 10⁻⁷) ですが、本と同じく誤差逆伝播法ではこの 10⁻⁷ を" +
      "無視しています。そのため二つの結果は少しずつ、学習率が大きくて間違いを確信してしまうときには一度に、離れていきます。隠れ層の重みは、" +
      "明るい画素がユニットを興奮させるところを黄色、抑制するところを紫、影響しないところを灰色で表しています。",
    essay: "読み物：数値微分の勾配が誤差逆伝播法と同じほど速くなるまで（英語）",
    api: "パッケージの使い方と API（英語）",
  },
  failure: {
    download: (file) =>
      `MNIST のファイル ${file} を読み込めませんでした。学習と手書きには必要ですが、ほかの部分は使えます。`,
    worker: "ワーカーを起動できませんでした。",
  },
  training: {
    start: "開始",
    pause: "一時停止",
    resume: "再開",
    trainOn: "学習を続ける",
    reset: "リセット",
    newRun: "新しい学習",
    pending: "新しい設定は次の学習から使われます。「新しい学習」を押すと、今の学習は終わります。",
    slow: (h) => `${h}（低速）`,
    range: (low, high) => `${low}～${high}`,
    notUsed: (low, high, kept) =>
      `この値は使えません。${low} から ${high} までの整数を入力してください。${kept} のまま学習します。`,
    loading: (loaded, total) => `MNIST を読み込み中：${total} MB 中 ${loaded} MB`,
    formula: (count) =>
      `${count} 個の重みとバイアスのそれぞれについて (L(w\u00a0+\u00a0h)\u00a0−\u00a0L(w\u00a0−\u00a0h))\u00a0/\u00a02h`,
    whole: (train, test, when) =>
      `全訓練画像 60,000 枚の認識精度 ${train}、全テスト画像 10,000 枚の認識精度 ${test}（${when}）`,
    afterEpoch: "1 エポックごとに計算",
    afterStep: (step) => `${step} 回の更新後`,
    sampleTrain: (count) => `認識精度（訓練画像 ${count} 枚）`,
    sampleTest: (count) => `認識精度（テスト画像 ${count} 枚）`,
    incomplete: "MNIST の残りの画像を読み込めませんでした。最初の画像だけで学習します。",
    firstImages: (count, isAllHere) =>
      isAllHere
        ? `この学習は、すぐに始められるように最初の訓練画像 ${count} 枚を使っています。60,000 枚すべての読み込みが終わったので、新しい学習からはすべての画像が使われます。`
        : `60,000 枚の訓練画像のうち、最初の ${count} 枚の準備ができました。もう学習を始められます。`,
    diverged: (step) =>
      `${step} 回の更新の後に学習が発散しました。値が有限ではなくなっています。学習率を小さくしてやり直してください。`,
    loaded: (units) =>
      `読み込みました。二つのネットワークはどちらもこの重み（隠れ層のユニット ${units} 個）から学習を続けます。`,
    badFile:
      "このファイルのネットワークは使えません。n を 1 から 200 までとして、W1 [784, n]、b1 [n]、W2 [n, 10]、b2 [10] が必要です。何も変更していません。",
    listing: "最初の更新のために訓練画像を整理しています……",
    ratio: (factor) => `中心差分による 1 回の更新には、誤差逆伝播法の ${factor} 倍の時間がかかります。`,
    same: (steps, count) =>
      `${steps === 1 ? "最初の更新" : `${count} 回の更新`}で、二つの損失関数の値は全ビットが一致しています。`,
    differ: (steps, count, difference) =>
      `${steps === 1 ? "最初の更新" : `${count} 回の更新`}で、二つの損失関数の値の差は最大 ${difference} です。`,
    threads: (numerical, backprop, isIsolated) =>
      isIsolated
        ? `使用中のスレッド数：中心差分 ${numerical}、誤差逆伝播法 ${backprop}。`
        : "使用中のスレッド数：各ネットワークに 1。このサーバーは COOP と COEP のヘッダーを送らないため、メモリーを共有できません。",
  },
  readout: { at: (step) => `${step} 回目の更新`, latest: "最新の値" },
  pins: {
    title: "固定した学習",
    pin: "この学習を固定",
    method: "曲線を固定するネットワーク",
    hint: "固定した学習の曲線は、次の学習が始まっても両方のグラフに残ります。",
    hindrances: {
      full: "すでに四つ固定しています。ほかの学習を固定するには、一つ外してください。",
      pinned: "この学習は固定済みです。学習率を変えて新しい学習を始めると比較できます。",
      empty: "最初の更新が終わると固定できます。",
    },
    unpin: (name) => `固定を外す：${name}`,
    diverged: (name) => `${name}：発散`,
    names: {
      rate: (value) => `学習率 ${value}`,
      hiddenSize: (value) => `隠れ層のユニット ${value} 個`,
      batchSize: (value) => `バッチサイズ ${value}`,
      seed: (value) => `シード ${value}`,
      loaded: "読み込んだ重みから",
    },
  },
  drawing: {
    label: (digit) => `テスト画像、正解は ${digit} です。`,
    both: (digit) => `二つのネットワークの答えはどちらも ${digit} です。`,
    differ: (numerical, backprop) => `中心差分の答えは ${numerical}、誤差逆伝播法の答えは ${backprop} です。`,
    none: "中心差分のネットワークがそのように答えるテスト画像はありません。",
  },
  confusion: {
    title: "混同行列",
    intro:
      "中心差分のネットワークは、どの数字をどの数字と間違えるでしょうか。認識精度の測定に使うテスト画像の枚数を示します。マスをクリックすると、その画像が書き込み欄に表示されます。",
    note: (steps, wrong, all) => `${steps} 回の更新後：テスト画像 ${all} 枚のうち ${wrong} 枚を間違えています。`,
    axes: "行：画像の正解。列：ネットワークの答え。",
    keys: "キー操作：矢印キーでマスを選び、Enter でその画像を表示します。",
    cell: (label, said, count) => `正解 ${label}、答え ${said}：${count} 枚`,
  },
  toy: {
    title: "三つの重み",
    intro:
      "勾配のすべてを見渡せる小さなモデルです。放物線 y = w₀ + w₁x + w₂x² と、7 個の点での 2 乗誤差の平均の半分を損失関数 L とします。重みを一つずつ、ほかの重みはそのままにして、h だけ増やし、h だけ減らします。6 個の損失から勾配が求まり、三つの重みを同時に更新します。この損失関数はどの重みについても放物線なので、丸め誤差を除けば、どの h でも差分商は正確です。",
    move: "次の操作",
    step: "更新まで進める",
    restart: "最初から",
    plot: "点と放物線（破線は一つの重みを h だけ動かした放物線）",
    value: "重み",
    quotient: "差分商",
    first: (loss) => `L = ${loss}。次は w₀ を h だけ増やします。`,
    up: (weight) => `${weight} を h だけ増やしました。破線がそのときの放物線です。次は h だけ減らします。`,
    down: (weight) =>
      `${weight} を h だけ減らしました。二つの損失から差分商が求まります。${weight} を元に戻し、次の重みに移ります。`,
    complete: (weight) =>
      `${weight} が最後の重みです。6 個の損失で勾配がそろいました。次の操作ですべての重みを更新します。`,
    updated: (steps, loss) => `${steps} 回更新しました。L = ${loss}`,
  },
  layer: {
    title: "隠れ層のユニット",
    intro:
      "小さな図は、一つのユニットに入る 784 個の重みを画素の位置に並べたものです。黄色の画素はユニットを興奮させ、紫の画素は抑制します。ユニットを指すと、拡大図、活性化の値、10 個の数字への重みが表示されます。クリックすると「一つの重み」でそのユニットが選ばれます。",
    shown: "表示する重み",
    networks: { numerical: "中心差分で学習", backprop: "誤差逆伝播法で学習", difference: "二つの差" },
    afterStep: (steps) => `${steps} 回の更新後`,
    compared: (steps) =>
      `中心差分による重みから誤差逆伝播法による重みを引いた値（${steps} 回の更新後）。一時停止すると更新回数がそろいます。`,
    sheet: "すべてのユニットに入る重み W1",
    keys: "キー操作：矢印キーでユニットを選び、Enter で「一つの重み」に使います。",
    unit: (unit) => `隠れ層のユニット ${unit}`,
    incoming: (unit) => `隠れ層のユニット ${unit} に入る重み`,
    noImage: "数字を書くかテスト画像を選ぶと、ここにユニットの活性化の値が表示されます。",
    activation: (z, a) => `この画像に対する活性化：sigmoid(${z}) = ${a}`,
    activationDifference: (difference) => `この画像に対する活性化の差：${difference}`,
    outgoing: "各数字への重み",
    pixel: (row, column, weight) => `${row} 行 ${column} 列：${weight}`,
    outgoingTitle: "隠れ層から出力層への重み W2",
    outgoingPicture: "W2：列は隠れ層のユニット、行は数字",
    outgoingKeys: "列は隠れ層のユニット、行は数字です。キー操作：矢印キーで重みを選びます。",
    outgoingWeight: (unit, digit, weight) => `ユニット ${unit} から数字 ${digit} への重み：${weight}`,
  },
  agreement: {
    title: "二つの勾配の比較",
    intro:
      "二つの方法の結果はどれだけ離れるでしょうか。左は二つの学習の損失関数の値の差、右は同じ一つのネットワークについて求めた二つの勾配です。",
    lossTitle: "|ΔL|：損失関数の値の差",
    lossNote: "更新ごとの差（縦軸は対数目盛）。全ビットが一致したときは横軸の上にあります。",
    lossPicture: "更新回数に対する損失関数の値の差（キー操作：左右の矢印キーで更新を選ぶ）",
    noSteps: "学習を開始するか、1 回更新してください。",
    largestLoss: (steps, difference) => `${steps} 回の更新での最大値：${difference}`,
    lossAt: (steps, difference) => `更新 ${steps}：|ΔL| = ${difference}`,
    gradientTitle: "勾配と勾配",
    gradientNote: (steps) =>
      `中心差分で学習したネットワーク（${steps} 回の更新後）の、訓練画像 100 枚に対する勾配。横軸は誤差逆伝播法による要素の大きさです。`,
    waiting: "二つの勾配を計算しています……",
    gradientPicture: "二つの勾配の要素の比較（キー操作：左右の矢印キーで要素を選ぶ）",
    sizes: { numerical: "中心差分による大きさ", backprop: "誤差逆伝播法による大きさ", apart: "二つの差" },
    largestEntry: (count, zeros, difference) =>
      `${count} 個の要素の差は最大 ${difference} です。${zeros} 個はどちらも 0 です（どの画像でも空白の画素）。`,
    fromPixel: (row, column, unit) => `W1（${row} 行 ${column} 列からユニット ${unit} へ）`,
    biasOfUnit: (unit) => `ユニット ${unit} のバイアス`,
    fromUnit: (unit, digit) => `W2（ユニット ${unit} から数字 ${digit} へ）`,
    biasOfDigit: (digit) => `数字 ${digit} のバイアス`,
    entry: (place, numerical, backprop, difference) =>
      `${place}：中心差分 ${numerical}、誤差逆伝播法 ${backprop}、差 ${difference}`,
  },
  lesson,
  presentation: {
    name: "発表モード",
    keys: "キー操作：1～5 で一つの部分だけを、0 ですべてを表示します。P で発表モードを開始・終了します。",
  },
};
