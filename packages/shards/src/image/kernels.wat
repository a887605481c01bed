;; Loops over pixels, four at a time. A picture is [side, 3, columns] of f32 in 0..1: each row's red, green and blue one after the
;; other, where $columns is $side rounded up to a multiple of four and $plane the bytes of a row of one colour.
;; Nothing is called, since V8 inlines no function of WebAssembly. The test of this file assembles it into kernels-wasm.ts (vitest -u).
(module
  (memory (export "memory") 1)

  ;; Each row of bytes, [width, 3], to a row of $columns pixels of four floats, the fourth of which nobody reads. A pixel is a mean
  ;; of neighbours: $starts is the byte offset of the first in its row, $weights are i16, two for each of $pairs.
  (func (export "scaleAcross")
    (param $source i32) (param $rows i32) (param $stride i32)
    (param $starts i32) (param $weights i32) (param $pairs i32) (param $columns i32) (param $target i32)
    (local $start i32) (local $startsEnd i32) (local $weight i32) (local $weightEnd i32) (local $pixel i32) (local $sum v128)
    (local.set $startsEnd (i32.add (local.get $starts) (i32.shl (local.get $columns) (i32.const 2))))
    (loop $row
      (local.set $start (local.get $starts))
      (local.set $weight (local.get $weights))
      (loop $column
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $pixel (i32.add (local.get $source) (i32.load (local.get $start))))
        (local.set $weightEnd (i32.add (local.get $weight) (i32.shl (local.get $pairs) (i32.const 2))))
        (loop $pair
          (local.set $sum
            (i32x4.add
              (local.get $sum)
              (i32x4.dot_i16x8_s
                (i16x8.extend_low_i8x16_u
                  (i8x16.shuffle 0 3 1 4 2 5 6 7 8 9 10 11 12 13 14 15
                    (v128.load64_zero (local.get $pixel))
                    (v128.const i32x4 0 0 0 0)))
                (v128.load32_splat (local.get $weight)))))
          (local.set $pixel (i32.add (local.get $pixel) (i32.const 6)))
          (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
          (br_if $pair (i32.lt_u (local.get $weight) (local.get $weightEnd))))
        (v128.store (local.get $target) (f32x4.convert_i32x4_s (local.get $sum)))
        (local.set $target (i32.add (local.get $target) (i32.const 16)))
        (local.set $start (i32.add (local.get $start) (i32.const 4)))
        (br_if $column (i32.lt_u (local.get $start) (local.get $startsEnd))))
      (local.set $source (i32.add (local.get $source) (local.get $stride)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $row (local.get $rows))))

  ;; Rows that scaleAcross made to the $side rows of a picture: $starts is the byte offset of the first row that a row is a mean of,
  ;; $weights are f32, $count a row.
  (func (export "scaleDown")
    (param $source i32) (param $starts i32) (param $weights i32) (param $count i32) (param $side i32) (param $plane i32)
    (param $target i32)
    (local $column i32) (local $pixels i32) (local $weight i32) (local $weightsEnd i32) (local $rowBytes i32) (local $factor v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $ab v128) (local $cd v128)
    (local.set $count (i32.shl (local.get $count) (i32.const 2)))
    (local.set $rowBytes (i32.shl (local.get $plane) (i32.const 2)))
    (loop $row
      (local.set $column (i32.const 0))
      (local.set $weightsEnd (i32.add (local.get $weights) (local.get $count)))
      (loop $four
        (local.set $a (v128.const f32x4 0 0 0 0))
        (local.set $b (local.get $a))
        (local.set $c (local.get $a))
        (local.set $d (local.get $a))
        (local.set $weight (local.get $weights))
        (local.set $pixels
          (i32.add
            (i32.add (local.get $source) (i32.load (local.get $starts)))
            (i32.shl (local.get $column) (i32.const 2))))
        (loop $tap
          (local.set $factor (v128.load32_splat (local.get $weight)))
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $factor) (v128.load (local.get $pixels)))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $factor) (v128.load offset=16 (local.get $pixels)))))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $factor) (v128.load offset=32 (local.get $pixels)))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $factor) (v128.load offset=48 (local.get $pixels)))))
          (local.set $pixels (i32.add (local.get $pixels) (local.get $rowBytes)))
          (local.set $weight (i32.add (local.get $weight) (i32.const 4)))
          (br_if $tap (i32.lt_u (local.get $weight) (local.get $weightsEnd))))
        ;; Red and green of two pixels each, then of all four; blue likewise.
        (local.set $ab (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b)))
        (local.set $cd (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d)))
        (v128.store
          (local.get $target)
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd)))
        (v128.store
          (i32.add (local.get $target) (local.get $plane))
          (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd)))
        (local.set $ab (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b)))
        (local.set $cd (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d)))
        (v128.store
          (i32.add (local.get $target) (i32.shl (local.get $plane) (i32.const 1)))
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd)))
        (local.set $target (i32.add (local.get $target) (i32.const 16)))
        (local.set $column (i32.add (local.get $column) (i32.const 16)))
        (br_if $four (i32.lt_u (local.get $column) (local.get $plane))))
      (local.set $target (i32.add (local.get $target) (i32.shl (local.get $plane) (i32.const 1))))
      (local.set $starts (i32.add (local.get $starts) (i32.const 4)))
      (local.set $weights (local.get $weightsEnd))
      (local.set $side (i32.sub (local.get $side) (i32.const 1)))
      (br_if $row (local.get $side))))

  ;; Each value times $factor plus $offset: brightness and contrast.
  (func (export "scaleValues") (param $at i32) (param $end i32) (param $factor f32) (param $offset f32)
    (loop $next
      (v128.store
        (local.get $at)
        (f32x4.pmin
          (f32x4.pmax
            (f32x4.add
              (f32x4.mul (v128.load (local.get $at)) (f32x4.splat (local.get $factor)))
              (f32x4.splat (local.get $offset)))
            (v128.const f32x4 0 0 0 0))
          (v128.const f32x4 1 1 1 1)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))

  ;; Leaves out what lies beyond $side in a row.
  (func (export "sumLuma") (param $at i32) (param $end i32) (param $plane i32) (param $side i32) (result f64)
    (local $left i32) (local $four v128) (local $sum v128)
    (loop $row
      (local.set $left (local.get $side))
      (loop $next
        (local.set $four
          (v128.and
            (f32x4.add
              (f32x4.add
                (f32x4.mul (v128.load (local.get $at)) (v128.const f32x4 0.2989 0.2989 0.2989 0.2989))
                (f32x4.mul
                  (v128.load (i32.add (local.get $at) (local.get $plane)))
                  (v128.const f32x4 0.587 0.587 0.587 0.587)))
              (f32x4.mul
                (v128.load (i32.add (local.get $at) (i32.shl (local.get $plane) (i32.const 1))))
                (v128.const f32x4 0.114 0.114 0.114 0.114)))
            (i32x4.gt_s (i32x4.splat (local.get $left)) (v128.const i32x4 0 1 2 3))))
        (local.set $sum
          (f64x2.add
            (local.get $sum)
            (f64x2.add
              (f64x2.promote_low_f32x4 (local.get $four))
              (f64x2.promote_low_f32x4
                (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $four) (local.get $four))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $left (i32.sub (local.get $left) (i32.const 4)))
        (br_if $next (i32.gt_s (local.get $left) (i32.const 0))))
      (local.set $at (i32.add (local.get $at) (i32.shl (local.get $plane) (i32.const 1))))
      (br_if $row (i32.lt_u (local.get $at) (local.get $end))))
    (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum))))

  ;; Each value times $factor, its pixel's luma times the rest: saturation, and grey where $factor is 0.
  (func (export "blendWithLuma") (param $at i32) (param $end i32) (param $plane i32) (param $factor f32)
    (local $rowEnd i32) (local $colour i32) (local $colours i32) (local $grey v128)
    (loop $row
      (local.set $rowEnd (i32.add (local.get $at) (local.get $plane)))
      (loop $next
        (local.set $grey
          (f32x4.mul
            (f32x4.splat (f32.sub (f32.const 1) (local.get $factor)))
            (f32x4.add
              (f32x4.add
                (f32x4.mul (v128.load (local.get $at)) (v128.const f32x4 0.2989 0.2989 0.2989 0.2989))
                (f32x4.mul
                  (v128.load (i32.add (local.get $at) (local.get $plane)))
                  (v128.const f32x4 0.587 0.587 0.587 0.587)))
              (f32x4.mul
                (v128.load (i32.add (local.get $at) (i32.shl (local.get $plane) (i32.const 1))))
                (v128.const f32x4 0.114 0.114 0.114 0.114)))))
        (local.set $colour (local.get $at))
        (local.set $colours (i32.const 3))
        (loop $each
          (v128.store
            (local.get $colour)
            (f32x4.pmin
              (f32x4.pmax
                (f32x4.add
                  (f32x4.mul (v128.load (local.get $colour)) (f32x4.splat (local.get $factor)))
                  (local.get $grey))
                (v128.const f32x4 0 0 0 0))
              (v128.const f32x4 1 1 1 1)))
          (local.set $colour (i32.add (local.get $colour) (local.get $plane)))
          (local.set $colours (i32.sub (local.get $colours) (i32.const 1)))
          (br_if $each (local.get $colours)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $next (i32.lt_u (local.get $at) (local.get $rowEnd))))
      (local.set $at (i32.add (local.get $at) (i32.shl (local.get $plane) (i32.const 1))))
      (br_if $row (i32.lt_u (local.get $at) (local.get $end)))))

  ;; Turns the hue in HSV by $turn sixths of a circle; without chroma there is no hue, and any will do. A channel is then
  ;; $most - $chroma * max(0, min(k, 4 - k, 1)), k = (n + hue) mod 6, n = 5, 3, 1 for red, green, blue.
  (func (export "turnHue") (param $at i32) (param $end i32) (param $plane i32) (param $turn f32)
    (local $rowEnd i32) (local $colour i32) (local $colours i32) (local $red v128) (local $green v128) (local $blue v128)
    (local $most v128) (local $chroma v128) (local $divisor v128) (local $hue v128) (local $k v128)
    (loop $row
      (local.set $rowEnd (i32.add (local.get $at) (local.get $plane)))
      (loop $next
        (local.set $red (v128.load (local.get $at)))
        (local.set $green (v128.load (i32.add (local.get $at) (local.get $plane))))
        (local.set $blue (v128.load (i32.add (local.get $at) (i32.shl (local.get $plane) (i32.const 1)))))
        (local.set $most (f32x4.pmax (f32x4.pmax (local.get $red) (local.get $green)) (local.get $blue)))
        (local.set $chroma
          (f32x4.sub (local.get $most) (f32x4.pmin (f32x4.pmin (local.get $red) (local.get $green)) (local.get $blue))))
        (local.set $divisor
          (v128.bitselect
            (local.get $chroma)
            (v128.const f32x4 1 1 1 1)
            (f32x4.gt (local.get $chroma) (v128.const f32x4 0 0 0 0))))
        (local.set $hue
          (v128.bitselect
            (f32x4.div (f32x4.sub (local.get $green) (local.get $blue)) (local.get $divisor))
            (v128.bitselect
              (f32x4.add
                (v128.const f32x4 2 2 2 2)
                (f32x4.div (f32x4.sub (local.get $blue) (local.get $red)) (local.get $divisor)))
              (f32x4.add
                (v128.const f32x4 4 4 4 4)
                (f32x4.div (f32x4.sub (local.get $red) (local.get $green)) (local.get $divisor)))
              (f32x4.eq (local.get $most) (local.get $green)))
            (f32x4.eq (local.get $most) (local.get $red))))
        (local.set $hue (f32x4.add (local.get $hue) (f32x4.splat (local.get $turn))))
        (local.set $hue (f32x4.add (local.get $hue) (v128.const f32x4 5 5 5 5)))
        (local.set $colour (local.get $at))
        (local.set $colours (i32.const 3))
        (loop $each
          (local.set $k
            (f32x4.sub
              (local.get $hue)
              (f32x4.mul
                (v128.const f32x4 6 6 6 6)
                (f32x4.floor
                  (f32x4.mul
                    (local.get $hue)
                    (v128.const f32x4 0.16666667 0.16666667 0.16666667 0.16666667))))))
          (v128.store
            (local.get $colour)
            (f32x4.sub
              (local.get $most)
              (f32x4.mul
                (local.get $chroma)
                (f32x4.pmax
                  (f32x4.pmin
                    (f32x4.pmin (local.get $k) (f32x4.sub (v128.const f32x4 4 4 4 4) (local.get $k)))
                    (v128.const f32x4 1 1 1 1))
                  (v128.const f32x4 0 0 0 0)))))
          (local.set $hue (f32x4.sub (local.get $hue) (v128.const f32x4 2 2 2 2)))
          (local.set $colour (i32.add (local.get $colour) (local.get $plane)))
          (local.set $colours (i32.sub (local.get $colours) (i32.const 1)))
          (br_if $each (local.get $colours)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $next (i32.lt_u (local.get $at) (local.get $rowEnd))))
      (local.set $at (i32.add (local.get $at) (i32.shl (local.get $plane) (i32.const 1))))
      (br_if $row (i32.lt_u (local.get $at) (local.get $end)))))

  ;; To [side, side, 3] at $target; some bytes past its end are overwritten.
  (func (export "pack") (param $at i32) (param $end i32) (param $plane i32) (param $side i32) (param $target i32)
    (local $rowEnd i32) (local $to i32) (local $red v128) (local $green v128) (local $blue v128)
    (loop $row
      (local.set $rowEnd (i32.add (local.get $at) (local.get $plane)))
      (local.set $to (local.get $target))
      (loop $next
        (local.set $red (v128.load (local.get $at)))
        (local.set $green (v128.load (i32.add (local.get $at) (local.get $plane))))
        (local.set $blue (v128.load (i32.add (local.get $at) (i32.shl (local.get $plane) (i32.const 1)))))
        (v128.store
          (local.get $to)
          (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 8 9 10 11
            (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $red) (local.get $green))
            (local.get $blue)))
        (v128.store offset=16
          (local.get $to)
          (i8x16.shuffle 0 1 2 3 4 5 6 7 24 25 26 27 8 9 10 11
            (i8x16.shuffle 4 5 6 7 20 21 22 23 8 9 10 11 24 25 26 27 (local.get $green) (local.get $blue))
            (local.get $red)))
        (v128.store offset=32
          (local.get $to)
          (i8x16.shuffle 0 1 2 3 4 5 6 7 28 29 30 31 8 9 10 11
            (i8x16.shuffle 8 9 10 11 28 29 30 31 12 13 14 15 16 17 18 19 (local.get $blue) (local.get $red))
            (local.get $green)))
        (local.set $to (i32.add (local.get $to) (i32.const 48)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $next (i32.lt_u (local.get $at) (local.get $rowEnd))))
      (local.set $target (i32.add (local.get $target) (i32.mul (local.get $side) (i32.const 12))))
      (local.set $at (i32.add (local.get $at) (i32.shl (local.get $plane) (i32.const 1))))
      (br_if $row (i32.lt_u (local.get $at) (local.get $end)))))
)
